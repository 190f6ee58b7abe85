//! Test leads: one for each form, counted as organic.

use serde_json::{Value, json};

use super::{ExtraLead, people};
use crate::graph::{Context, GraphError, check_params};

/// `POST /<form>/test_leads`.
pub(crate) fn add(context: &Context<'_>, form: usize) -> Result<Value, GraphError> {
    context
        .session
        .need(&["leads_retrieval", "pages_manage_ads"])?;
    check_params(context, &["field_data", "custom_disclaimer_responses"])?;
    let questions = context
        .world
        .forms
        .get(form)
        .map(|form| form.questions.clone())
        .unwrap_or_default();
    let given = context.call.params.json("field_data")?;
    let answers = match given.as_ref().and_then(Value::as_array) {
        None => people::answers(&questions, "AR", context.world.dice.with(17)),
        Some(list) => list
            .iter()
            .map(|answer| {
                let name = answer
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if !questions.iter().any(|(key, _, _)| *key == name) {
                    return Err(GraphError::parameter(format!(
                        "field_data has a question the form does not have: {name}"
                    )));
                }
                let values = answer
                    .get("values")
                    .and_then(Value::as_array)
                    .map(|values| {
                        values
                            .iter()
                            .filter_map(Value::as_str)
                            .map(str::to_owned)
                            .collect()
                    })
                    .unwrap_or_default();
                Ok((name.to_owned(), values))
            })
            .collect::<Result<Vec<_>, _>>()?,
    };
    let mut ledger = context.app.ledger();
    if ledger
        .leads
        .iter()
        .any(|lead| lead.form == form && lead.is_test)
    {
        return Err(GraphError::parameter(
            "This form already has a test lead. Delete it before creating another one.",
        ));
    }
    let id = 499_000_000_000_000 + ledger.next_serial();
    ledger.leads.push(ExtraLead {
        id,
        form,
        ad: None,
        created: context.now,
        answers,
        is_test: true,
    });
    Ok(json!({ "id": id.to_string() }))
}
