//! Variables: how they are written, and where they stand.

use std::collections::HashSet;

use rumbo_meta::templates::{
    Component, ComponentKind, Example, HeaderFormat, NamedSample, ParameterFormat, Samples,
    Template,
};

use super::super::place::{Place, Spot};
use super::super::rules;
use super::super::text::{self, Scanned, Variable, Written};
use super::{Lint, number};

/// The longest name of a variable, in characters.
const NAME: usize = 32;

/// The first variable of its kind, with its text and place.
type First = Option<(Place, Variable)>;

impl<'a> Lint<'a> {
    /// The components whose texts may have variables.
    fn with_variables(&self) -> Vec<(Spot, &'a Component)> {
        let mut found = Vec::new();
        for (index, component) in self.template.components.iter().enumerate() {
            let spot = Spot::top(index);
            if takes_variables(component) {
                found.push((spot, component));
            }
            for (card, of) in component.cards.iter().enumerate() {
                for (inner, component) in of.components.iter().enumerate() {
                    if takes_variables(component) {
                        found.push((spot.in_card(card, inner), component));
                    }
                }
            }
        }
        found
    }

    /// The first numbered variable of the template, and the first with a name.
    pub(super) fn variables_written(&self) -> (First, First) {
        let (mut numbered, mut named) = (None, None);
        for (spot, component) in self.with_variables() {
            for variable in Scanned::of(component.text.as_deref().unwrap_or_default()).variables {
                let first = match variable.written {
                    Written::Number(_) => &mut numbered,
                    // What could be no name says nothing of the format.
                    Written::Name if !variable.could_be_name() => continue,
                    Written::Name => &mut named,
                };
                if first.is_none() {
                    let place = spot
                        .place(component, "text")
                        .at(variable.characters.clone());
                    *first = Some((place, variable));
                }
            }
        }
        (numbered, named)
    }

    /// The format of variables against how they are written.
    pub(super) fn variable_formats(&mut self) {
        if self.is_authentication() {
            return;
        }
        let says_named = self.template.variables_are_named();
        let known = !matches!(
            self.template.parameter_format,
            Some(ParameterFormat::Other(_))
        );
        let found = |variable: &Variable| vec![("found", variable.shown())];
        match self.variables_written() {
            (Some((numbered, _)), Some((named, variable))) => {
                let place = if says_named { numbered } else { named };
                self.mixed = true;
                self.found(&rules::VARIABLE_MIXED, place, found(&variable));
            }
            (None, Some((place, variable))) if !says_named && known => {
                let values = found(&variable);
                self.mendable(
                    &rules::VARIABLE_NAMED_IN_POSITIONAL,
                    place,
                    values,
                    name_variables,
                );
            }
            (Some((place, variable)), None) if says_named => {
                let values = found(&variable);
                self.mendable(
                    &rules::VARIABLE_NUMBERED_IN_NAMED,
                    place,
                    values,
                    number_variables,
                );
            }
            _ => {}
        }
    }

    /// How the variables of a text are written.
    pub(super) fn variables(&mut self, spot: Spot, component: &Component, scanned: &Scanned) {
        let place = spot.place(component, "text");
        if let Some(range) = scanned.loose.first() {
            let values = vec![("found", scanned.slice(range.clone()))];
            self.mendable(
                &rules::VARIABLE_BRACES,
                place.clone().at(range.clone()),
                values,
                |template| {
                    if let Some(component) = spot.of(template)
                        && let Some(text) = &mut component.text
                    {
                        *text = text::braces_mended(text);
                    }
                },
            );
        }
        for variable in scanned.distinct() {
            let place = place.clone().at(variable.characters.clone());
            match &variable.meant {
                Some(meant) if meant.is_empty() => {
                    let values = vec![("found", variable.shown())];
                    self.found(&rules::VARIABLE_CHARACTERS, place, values);
                }
                Some(meant) => {
                    let values = vec![
                        ("found", variable.shown()),
                        ("mended", format!("{{{{{meant}}}}}")),
                    ];
                    self.mendable(&rules::VARIABLE_CHARACTERS, place, values, |template| {
                        if let Some(component) = spot.of(template) {
                            rename(component, &variable.inner, meant);
                        }
                    });
                }
                None => {
                    let count = variable.inner.chars().count();
                    if count > NAME && variable.written == Written::Name {
                        let values = vec![("found", variable.shown()), ("count", number(count))];
                        self.found(&rules::VARIABLE_NAME_TOO_LONG, place, values);
                    }
                }
            }
        }
        if self.mixed {
            return;
        }
        self.numbers(spot, component, scanned);
        let mut seen = HashSet::new();
        for variable in &scanned.variables {
            let named = variable.written == Written::Name;
            if !seen.insert(variable.inner.as_str()) && named {
                let values = vec![("found", variable.shown())];
                let place = place.clone().at(variable.characters.clone());
                self.found(&rules::VARIABLE_TWICE, place, values);
                break;
            }
        }
    }

    /// The numbers of the variables: from 1, without a gap, in the order of the text.
    fn numbers(&mut self, spot: Spot, component: &Component, scanned: &Scanned) {
        let mut numbers = Vec::new();
        for variable in scanned.distinct() {
            if let Written::Number(number) = variable.written {
                numbers.push(number);
            }
        }
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let place = spot.place(component, "text");
        let count = u32::try_from(sorted.len()).unwrap_or(u32::MAX);
        let missing: Vec<String> = (1..=count)
            .filter(|number| sorted.binary_search(number).is_err())
            .map(|number| format!("{{{{{number}}}}}"))
            .collect();
        if !missing.is_empty() || sorted.first() == Some(&0) {
            let values = vec![("missing", missing.join(", "))];
            self.mendable(&rules::VARIABLE_GAP, place, values, |template| {
                let Some(component) = spot.of(template) else {
                    return;
                };
                let text = component.text.clone().unwrap_or_default();
                let renumbered = Scanned::of(&text).replaced(|variable| match variable.written {
                    Written::Number(number) => {
                        let at = sorted.binary_search(&number).unwrap_or(0);
                        format!("{{{{{}}}}}", at + 1)
                    }
                    Written::Name => variable.shown(),
                });
                component.text = Some(renumbered);
            });
        } else if numbers != sorted {
            self.found(&rules::VARIABLE_ORDER, place, vec![]);
        }
    }

    /// Where the variables of a body stand.
    pub(super) fn variable_places(&mut self, spot: Spot, body: &Component, scanned: &Scanned) {
        let (Some(first), Some(last)) = (scanned.variables.first(), scanned.variables.last())
        else {
            return;
        };
        let place = spot.place(body, "text");
        let words = scanned.words();
        if words == 0 {
            self.found(&rules::BODY_ONLY_VARIABLES, place, vec![]);
            return;
        }
        for (variable, outside) in [
            (first, 0..first.characters.start),
            (last, last.characters.end..scanned.len()),
        ] {
            let blank = scanned.slice(outside.clone()).trim().is_empty();
            let rule = match (blank, scanned.says_something(outside)) {
                (true, _) => &rules::VARIABLE_AT_EDGE,
                (false, false) => &rules::VARIABLE_NEAR_EDGE,
                (false, true) => continue,
            };
            let values = vec![("found", variable.shown())];
            self.found(rule, place.clone().at(variable.characters.clone()), values);
        }
        for pair in scanned.variables.windows(2) {
            let [one, next] = pair else { continue };
            let between = scanned.slice(one.characters.end..next.characters.start);
            if between.trim().is_empty() {
                let values = vec![("found", format!("{}{between}{}", one.shown(), next.shown()))];
                let place = place.clone().at(one.characters.start..next.characters.end);
                self.found(&rules::VARIABLES_ADJACENT, place, values);
            }
        }
        let variables = scanned.distinct().len();
        let values = vec![
            ("variables", number(variables)),
            ("words", number(words)),
            ("least", number(2 * variables + 1)),
        ];
        if words < 2 * variables + 1 {
            self.found(&rules::BODY_TOO_MANY_VARIABLES, place, values);
        } else if words < 3 * variables + 1 {
            self.found(&rules::BODY_DENSE_VARIABLES, place, values);
        }
    }
}

fn takes_variables(component: &Component) -> bool {
    match component.kind {
        ComponentKind::Header => {
            matches!(component.format, Some(HeaderFormat::Text) | None)
        }
        ComponentKind::Body => true,
        _ => false,
    }
}

/// Gives a variable another name, in the text and in its samples.
fn rename(component: &mut Component, from: &str, to: &str) {
    if let Some(text) = &mut component.text {
        *text = Scanned::of(text).replaced(|variable| {
            if variable.inner == from {
                format!("{{{{{to}}}}}")
            } else {
                variable.shown()
            }
        });
    }
    if let Some(example) = &mut component.example {
        for sample in example
            .body_text_named_params
            .iter_mut()
            .chain(&mut example.header_text_named_params)
        {
            if sample.param_name == from {
                to.clone_into(&mut sample.param_name);
            }
        }
    }
}

/// Hands every text that has samples to a function, with its samples.
fn name_variables(template: &mut Template) {
    template.parameter_format = Some(ParameterFormat::Named);
    each_example(template, &mut |text, example| example_named(text, example));
}

fn number_variables(template: &mut Template) {
    template.parameter_format = Some(ParameterFormat::Positional);
    each_example(template, &mut |text, example| {
        example_numbered(text, example);
    });
}

/// The template with the format that its variables are written in, where they are all written in one:
/// of one that nobody submitted, the texts say which is meant.
pub(in crate::templates) fn formatted_as_written(template: &Template) -> Template {
    let mut template = template.clone();
    let lint = Lint::of(&template, 0);
    if lint.is_authentication() {
        return template;
    }
    let written = lint.variables_written();
    let says_named = template.variables_are_named();
    match written {
        (None, Some(_)) if !says_named => name_variables(&mut template),
        (Some(_), None) if says_named => number_variables(&mut template),
        _ => {}
    }
    template
}

fn each_example(template: &mut Template, change: &mut dyn FnMut(&str, &mut Example)) {
    fn walk(components: &mut [Component], change: &mut dyn FnMut(&str, &mut Example)) {
        for component in components {
            if let (Some(text), Some(example)) = (&component.text, &mut component.example) {
                change(text, example);
            }
            for card in &mut component.cards {
                walk(&mut card.components, change);
            }
        }
    }
    walk(&mut template.components, change);
}

/// The samples of a text under the names of its variables, where they were in their order.
pub(super) fn example_named(text: &str, example: &mut Example) {
    let scanned = Scanned::of(text);
    let variables = scanned.distinct();
    for (flat, named) in [
        (
            &mut example.header_text,
            &mut example.header_text_named_params,
        ),
        (&mut example.body_text, &mut example.body_text_named_params),
    ] {
        let Some(samples) = flat.as_ref() else {
            continue;
        };
        if named.is_empty() && samples.values().len() == variables.len() {
            *named = variables
                .iter()
                .zip(samples.values())
                .map(|(variable, value)| NamedSample {
                    param_name: variable.inner.clone(),
                    example: value.clone(),
                })
                .collect();
            *flat = None;
        }
    }
}

/// The samples of a text in the order of its variables' numbers, where they were under names.
pub(super) fn example_numbered(text: &str, example: &mut Example) {
    let scanned = Scanned::of(text);
    let mut variables = scanned.distinct();
    variables.sort_by_key(|variable| match variable.written {
        Written::Number(number) => number,
        Written::Name => u32::MAX,
    });
    let row = |named: &[NamedSample]| -> Option<Vec<String>> {
        let by_name: Option<Vec<String>> = variables
            .iter()
            .map(|variable| {
                named
                    .iter()
                    .find(|sample| sample.param_name == variable.inner)
                    .map(|sample| sample.example.clone())
            })
            .collect();
        // Names of their own: their order is all there is to go by.
        let in_order = || named.iter().map(|sample| sample.example.clone()).collect();
        by_name.or_else(|| (named.len() == variables.len()).then(in_order))
    };
    if example.header_text.is_none()
        && !example.header_text_named_params.is_empty()
        && let Some(values) = row(&example.header_text_named_params)
    {
        example.header_text = Some(Samples::Flat(values));
        example.header_text_named_params.clear();
    }
    if example.body_text.is_none()
        && !example.body_text_named_params.is_empty()
        && let Some(values) = row(&example.body_text_named_params)
    {
        example.body_text = Some(Samples::Rows(vec![values]));
        example.body_text_named_params.clear();
    }
}
