use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

/// Channels, sold, unsold.
type Path = (Vec<u32>, u32, u32);

fn effects(channels: usize, paths: &[Path]) -> Vec<f64> {
    // In two parts, as the months of a year are.
    let mut parts = [Chain::new(channels), Chain::new(channels)];
    for (nth, (path, sold, unsold)) in paths.iter().enumerate() {
        parts[nth % 2].walk(path, true, *sold);
        parts[nth / 2 % 2].walk(path, false, *unsold);
    }
    let [one, other] = parts.map(Chain::counts);
    Counted::of(&[&one, &other]).effects()
}

#[test]
fn of_very_many_channels_the_rarest_share_one_effect() {
    // Two that everybody comes by, and 1,500 that one or two people did.
    let mut paths: Vec<Path> = vec![(vec![0, 1], 5_000, 5_000)];
    paths.extend((2..1_502).map(|rare| (vec![0, rare], 1, rare % 2)));
    let found = effects(1_502, &paths);
    assert!(close(found[0], 1.0), "{}", found[0]);
    let rare: f64 = found[2..].iter().sum();
    // The sales that came by them, of all.
    assert!((rare - 1_500.0 / 6_500.0).abs() < 1e-3, "{rare}");
    assert!(found.iter().all(|effect| *effect > 0.0));
}

#[test]
fn effects_of_many_channels_are_what_the_chain_loses_too() {
    // More than are worked off at once, and not a whole number of blocks.
    let paths: Vec<Path> = (0..4_000_u32)
        .map(|nth| {
            let step = |by: u32| (nth * by + nth / 7) % 205;
            let mut path = vec![step(1), step(3), step(11)];
            path.dedup();
            (path, u32::from(nth % 3 == 0), 1 + nth % 2)
        })
        .collect();
    let found = effects(205, &paths);
    let whole = sale_probability(205, &paths, None);
    for channel in [0, 31, 32, 63, 127, 128, 204_u32] {
        let rest = sale_probability(205, &paths, Some(channel));
        let effect = found[usize::try_from(channel).unwrap()];
        assert!((effect - (1.0 - rest / whole)).abs() < 1e-6, "{channel}");
        assert!(effect > 0.0, "{channel}");
    }
}

#[test]
fn the_textbook_chain_has_its_published_effects() {
    // c1 → c2 → c3 → sale; c1 → nothing; c2 → c3 → nothing: 1/2, 1, 1 (S. Bryl', "Marketing
    // Multi-Channel Attribution model with R", analyzecore.com, 2016).
    let paths = [(vec![0, 1, 2], 1, 0), (vec![0], 0, 1), (vec![1, 2], 0, 1)];
    let found = effects(3, &paths);
    assert!(
        found.iter().zip([0.5, 1.0, 1.0]).all(|(a, b)| close(*a, b)),
        "{found:?}"
    );
}

#[test]
fn effects_are_those_of_another_program() {
    let file = include_str!("../../../tests/fixtures/removal_effects.tsv");
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    let mut paths: Vec<(Vec<&str>, u32, u32)> = Vec::new();
    let mut expected: BTreeMap<&str, f64> = BTreeMap::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            [path, sold, unsold] => {
                let path: Vec<&str> = path.split(' ').collect();
                paths.push((path, sold.parse().unwrap(), unsold.parse().unwrap()));
            }
            [channel, effect] => {
                names.insert(channel, u32::try_from(names.len()).unwrap());
                expected.insert(channel, effect.parse().unwrap());
            }
            _ => panic!("{line}"),
        }
    }
    assert_eq!((paths.len(), expected.len()), (80, 9));
    let paths: Vec<Path> = paths
        .into_iter()
        .map(|(path, sold, unsold)| {
            let path = path.iter().map(|channel| names[channel]).collect();
            (path, sold, unsold)
        })
        .collect();
    let found = effects(names.len(), &paths);
    for (channel, effect) in &expected {
        let at = usize::try_from(names[channel]).unwrap();
        assert!(
            close(found[at], *effect),
            "{channel}: {} {effect}",
            found[at]
        );
    }
}

/// The probability of a sale when everyone who comes to `without` is lost there: followed step by
/// step until next to nobody is on the way any more.
fn sale_probability(channels: usize, paths: &[Path], without: Option<u32>) -> f64 {
    let mut steps: BTreeMap<(Option<u32>, Option<u32>), f64> = BTreeMap::new();
    let mut left: BTreeMap<Option<u32>, f64> = BTreeMap::new();
    let mut sales: BTreeMap<u32, f64> = BTreeMap::new();
    for (path, sold, unsold) in paths {
        let all = f64::from(sold + unsold);
        let mut from = None;
        for channel in path {
            *steps.entry((from, Some(*channel))).or_default() += all;
            *left.entry(from).or_default() += all;
            from = Some(*channel);
        }
        *left.entry(from).or_default() += all;
        *sales.entry(*path.last().unwrap()).or_default() += f64::from(*sold);
    }
    let mut here: BTreeMap<Option<u32>, f64> = BTreeMap::from([(None, 1.0)]);
    let mut sold = 0.0;
    for _ in 0..400 * channels {
        let mut next: BTreeMap<Option<u32>, f64> = BTreeMap::new();
        for (from, people) in &here {
            if let Some(channel) = from {
                sold += people * sales.get(channel).unwrap_or(&0.0) / left[from];
            }
        }
        for ((from, to), count) in steps.iter().filter(|((_, to), _)| *to != without) {
            if let Some(people) = here.get(from) {
                *next.entry(*to).or_default() += people * count / left[from];
            }
        }
        here = next;
        if here.values().sum::<f64>() < 1e-15 {
            break;
        }
    }
    sold
}

/// People who come by two, three or four of six channels, of whom about a fifth buy: by which they
/// came changes how likely.
fn people(dice: &mut impl FnMut(u32) -> u32, count: u32) -> Vec<Path> {
    let channel =
        |roll: u32| [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5][usize::try_from(roll).unwrap()];
    (0..count)
        .map(|_| {
            let mut path: Vec<u32> = (0..=dice(4)).map(|_| channel(dice(13))).collect();
            path.dedup();
            let good = path.iter().filter(|channel| *channel % 2 == 0).count();
            let chance = 120 + 30 * u32::try_from(good).unwrap();
            let sold = u32::from(dice(1_000) < chance);
            (path, sold, 1 - sold)
        })
        .collect()
}

#[test]
fn the_least_number_of_sales_is_enough_for_large_channels() {
    // A plain linear congruential generator: the same on every run.
    let mut state = 20_261_126_u64;
    let mut dice = |sides: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % u64::from(sides)).unwrap()
    };
    let shares = |effects: Vec<f64>| -> Vec<f64> {
        let all: f64 = effects.iter().sum();
        effects.into_iter().map(|effect| effect / all).collect()
    };
    let truth = shares(effects(6, &people(&mut dice, 200_000)));
    let (mut close, mut asked) = (0, 0);
    for _ in 0..200 {
        // So many people that about 300 of them buy.
        let found = shares(effects(6, &people(&mut dice, 1_750)));
        for (found, truth) in found.iter().zip(&truth).filter(|(_, truth)| **truth > 0.2) {
            asked += 1;
            close += u32::from((found / truth - 1.0).abs() < 0.1);
        }
    }
    assert!(asked >= 200, "{truth:?}");
    assert!(close * 10 >= asked * 9, "{close} of {asked}");
}

fn path() -> impl Strategy<Value = Path> {
    let channels = prop::collection::vec(0_u32..5, 1..5).prop_map(|mut path| {
        path.dedup();
        path
    });
    (channels, 0_u32..20, 1_u32..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_effect_is_what_the_chain_loses(paths in prop::collection::vec(path(), 1..12)) {
        let found = effects(5, &paths);
        let whole = sale_probability(5, &paths, None);
        for (channel, effect) in (0_u32..).zip(&found) {
            let rest = sale_probability(5, &paths, Some(channel));
            let lost = if whole > 0.0 { 1.0 - rest / whole } else { 0.0 };
            prop_assert!((effect - lost).abs() < 1e-6, "{channel}: {effect} {lost}");
            if paths.iter().all(|(path, ..)| !path.contains(&channel)) {
                prop_assert!(*effect == 0.0);
            }
        }
    }

    #[test]
    fn the_only_channel_has_it_all(sold in 1_u32..50, unsold in 0_u32..50) {
        prop_assert_eq!(effects(2, &[(vec![1], sold, unsold)]), vec![0.0, 1.0]);
    }

    #[test]
    fn the_order_of_paths_changes_nothing(paths in prop::collection::vec(path(), 1..12)) {
        let backwards: Vec<Path> = paths.iter().rev().cloned().collect();
        prop_assert_eq!(effects(5, &paths), effects(5, &backwards));
    }
}
