//! The samples that stand for variables in review.

use rumbo_meta::templates::{Component, ComponentKind, Example, NamedSample, Samples};

use super::super::place::Spot;
use super::super::rules;
use super::super::text::{self, Scanned, Variable, Written};
use super::variables::{example_named, example_numbered};
use super::{Lint, number};

/// The two fields that samples of a component stand in.
struct Fields {
    numbered: &'static str,
    named: &'static str,
}

const OF_HEADER: Fields = Fields {
    numbered: "example.header_text",
    named: "example.header_text_named_params",
};
const OF_BODY: Fields = Fields {
    numbered: "example.body_text",
    named: "example.body_text_named_params",
};

fn numbered<'e>(example: &'e Example, kind: &ComponentKind) -> &'e [String] {
    let samples = match kind {
        ComponentKind::Header => &example.header_text,
        _ => &example.body_text,
    };
    samples.as_ref().map_or(&[], Samples::values)
}

fn named<'e>(example: &'e Example, kind: &ComponentKind) -> &'e [NamedSample] {
    match kind {
        ComponentKind::Header => &example.header_text_named_params,
        _ => &example.body_text_named_params,
    }
}

impl Lint<'_> {
    /// The samples of a text. Gives how long the text is with them put in, where there is one for
    /// each variable.
    pub(super) fn samples(
        &mut self,
        spot: Spot,
        component: &Component,
        scanned: &Scanned,
    ) -> Option<usize> {
        let variables = scanned.distinct();
        let first = variables.first()?;
        if self.mixed {
            return None;
        }
        let kind = &component.kind;
        let fields = if *kind == ComponentKind::Header {
            OF_HEADER
        } else {
            OF_BODY
        };
        let are_named = first.written == Written::Name
            && (first.could_be_name() || self.template.variables_are_named());
        let (field, other) = if are_named {
            (fields.named, fields.numbered)
        } else {
            (fields.numbered, fields.named)
        };
        let none = Example::default();
        let example = component.example.as_ref().unwrap_or(&none);
        let (numbered, named) = (numbered(example, kind), named(example, kind));
        let (here, elsewhere) = if are_named {
            (named.len(), numbered.len())
        } else {
            (numbered.len(), named.len())
        };
        let values = vec![
            ("found", shown(&variables)),
            ("field", field.to_owned()),
            ("samples", number(here)),
            ("variables", number(variables.len())),
        ];
        if here == 0 && elsewhere > 0 {
            let values = vec![("found", other.to_owned()), ("field", field.to_owned())];
            self.mendable(
                &rules::SAMPLE_FORMAT,
                spot.place(component, other),
                values,
                |template| {
                    if let Some(component) = spot.of(template)
                        && let (Some(text), Some(example)) =
                            (&component.text, &mut component.example)
                    {
                        if are_named {
                            example_named(text, example);
                        } else {
                            example_numbered(text, example);
                        }
                    }
                },
            );
            return None;
        }
        if here == 0 {
            self.found(
                &rules::SAMPLE_MISSING,
                spot.place(component, "example"),
                values,
            );
            return None;
        }
        let samples: Vec<&str> = if are_named {
            self.names(spot, component, field, &variables, named);
            named.iter().map(|sample| sample.example.as_str()).collect()
        } else {
            self.count(spot, component, field, values, variables.len(), here);
            numbered.iter().map(String::as_str).collect()
        };
        self.sample_values(spot, component, field, &samples);
        let value = |variable: &Variable| -> Option<&str> {
            match variable.written {
                Written::Number(number) => {
                    let at = usize::try_from(number).ok()?.checked_sub(1)?;
                    numbered.get(at).map(String::as_str)
                }
                Written::Name => named
                    .iter()
                    .find(|sample| sample.param_name == variable.inner)
                    .map(|sample| sample.example.as_str()),
            }
        };
        variables
            .iter()
            .all(|variable| value(variable).is_some())
            .then(|| {
                scanned
                    .replaced(|variable| value(variable).unwrap_or_default().to_owned())
                    .chars()
                    .count()
            })
    }

    fn count(
        &mut self,
        spot: Spot,
        component: &Component,
        field: &'static str,
        values: Vec<(&'static str, String)>,
        variables: usize,
        samples: usize,
    ) {
        let place = spot.place(component, field);
        if samples > variables {
            let header = component.kind == ComponentKind::Header;
            self.mendable(&rules::SAMPLE_COUNT, place, values, |template| {
                if let Some(component) = spot.of(template)
                    && let Some(example) = &mut component.example
                {
                    let samples = if header {
                        &mut example.header_text
                    } else {
                        &mut example.body_text
                    };
                    if let Some(held) = samples {
                        let kept = held.values().iter().take(variables).cloned().collect();
                        *samples = Some(held.with(kept));
                    }
                }
            });
        } else if samples < variables {
            self.found(&rules::SAMPLE_COUNT, place, values);
        }
    }

    fn names(
        &mut self,
        spot: Spot,
        component: &Component,
        field: &'static str,
        variables: &[&Variable],
        named: &[NamedSample],
    ) {
        let is_variable = |name: &str| variables.iter().any(|variable| variable.inner == name);
        let has_sample = |name: &str| named.iter().any(|sample| sample.param_name == name);
        let without: Vec<String> = variables
            .iter()
            .filter(|variable| !has_sample(&variable.inner))
            .map(|variable| variable.shown())
            .collect();
        let mut kept: Vec<NamedSample> = Vec::new();
        let mut extra = Vec::new();
        for sample in named {
            let again = kept.iter().any(|one| one.param_name == sample.param_name);
            if is_variable(&sample.param_name) && !again {
                kept.push(sample.clone());
            } else {
                extra.push(sample.param_name.clone());
            }
        }
        if without.is_empty() && extra.is_empty() {
            return;
        }
        let found = [without.clone(), extra].concat().join(", ");
        let values = vec![("found", found)];
        let place = spot.place(component, field);
        if !without.is_empty() {
            self.found(&rules::SAMPLE_NAMES, place, values);
            return;
        }
        let header = component.kind == ComponentKind::Header;
        self.mendable(&rules::SAMPLE_NAMES, place, values, |template| {
            if let Some(component) = spot.of(template)
                && let Some(example) = &mut component.example
            {
                if header {
                    example.header_text_named_params = kept;
                } else {
                    example.body_text_named_params = kept;
                }
            }
        });
    }

    fn sample_values(
        &mut self,
        spot: Spot,
        component: &Component,
        field: &'static str,
        samples: &[&str],
    ) {
        let place = spot.place(component, field);
        if samples.iter().any(|sample| sample.trim().is_empty()) {
            self.found(&rules::SAMPLE_EMPTY, place.clone(), vec![]);
        }
        let broken = |sample: &str| sample.contains(['\n', '\r', '\t']) || sample.contains("     ");
        if let Some(sample) = samples.iter().find(|sample| broken(sample)) {
            let values = vec![("found", text::one_space(sample))];
            self.mendable(
                &rules::SAMPLE_LINE_BREAK,
                place.clone(),
                values,
                |template| {
                    if let Some(component) = spot.of(template)
                        && let Some(example) = &mut component.example
                    {
                        for samples in [&mut example.header_text, &mut example.body_text] {
                            if let Some(held) = samples {
                                let lines = held.values().iter().map(|one| text::one_space(one));
                                *samples = Some(held.with(lines.collect()));
                            }
                        }
                        for sample in example
                            .body_text_named_params
                            .iter_mut()
                            .chain(&mut example.header_text_named_params)
                        {
                            sample.example = text::one_space(&sample.example);
                        }
                    }
                },
            );
        }
        let variable = |sample: &str| {
            let scanned = Scanned::of(sample);
            !scanned.variables.is_empty() || !scanned.loose.is_empty()
        };
        if let Some(sample) = samples.iter().find(|sample| variable(sample)) {
            let values = vec![("found", (*sample).to_owned())];
            self.found(&rules::SAMPLE_IS_VARIABLE, place, values);
        }
    }
}

fn shown(variables: &[&Variable]) -> String {
    variables
        .iter()
        .map(|variable| variable.shown())
        .collect::<Vec<_>>()
        .join(", ")
}
