//! Why nothing is predicted, in words.

use rumbo_app::wire::{NotPredicted, NotPredictedReason};

use crate::output::Output;
use crate::words::Language;

/// The sentence in the chosen language.
pub fn not_predicted(output: &Output, refused: &NotPredicted) -> String {
    let [english, spanish, portuguese] = sentences(refused);
    let sentence = match output.language() {
        Language::English => english,
        Language::Spanish => spanish,
        Language::Portuguese => portuguese,
    };
    refused
        .params
        .iter()
        .fold(sentence.to_owned(), |sentence, (name, value)| {
            sentence.replace(&format!("{{{name}}}"), &output.numbers().decimal(value))
        })
}

/// In English, Spanish and Portuguese, with the params in braces.
fn sentences(refused: &NotPredicted) -> [&'static str; 3] {
    match refused.reason {
        NotPredictedReason::NoCustomers => [
            "Nobody has bought in this currency.",
            "Nadie compró en esta moneda.",
            "Ninguém comprou nesta moeda.",
        ],
        NotPredictedReason::TooFewRepeatBuyers => [
            "Customers who have bought again: {found}. From {needed} on there is enough to predict from.",
            "Clientes que volvieron a comprar: {found}. A partir de {needed} hay de qué predecir.",
            "Clientes que voltaram a comprar: {found}. A partir de {needed} há do que prever.",
        ],
        NotPredictedReason::TooManyUnpaid => [
            "{found} of the {of} customers who bought again brought in nothing. Check the costs and refunds of their sales.",
            "{found} de los {of} clientes que volvieron a comprar no aportaron nada. Hay que revisar los costos y devoluciones de sus ventas.",
            "{found} dos {of} clientes que voltaram a comprar não trouxeram nada. Confira os custos e devoluções de suas vendas.",
        ],
        NotPredictedReason::Correlated => [
            "Who buys more often also spends differently (correlation {correlation}, at most {allowed}), which this model cannot tell. Look at the cohorts instead.",
            "Quien compra más seguido también gasta distinto (correlación {correlation}, máximo {allowed}), y este modelo no lo sabe decir. Las cohortes dicen más.",
            "Quem compra mais vezes também gasta diferente (correlação {correlation}, no máximo {allowed}), e este modelo não sabe dizer isso. Veja as coortes.",
        ],
        NotPredictedReason::NoFit => [
            "These purchases do not fit the model. Look at the cohorts instead.",
            "Estas compras no se ajustan al modelo. Las cohortes dicen más.",
            "Estas compras não se ajustam ao modelo. Veja as coortes.",
        ],
        NotPredictedReason::OutOfRange => [
            "These numbers are beyond what the model can reckon with. Ask for fewer months, or look at the cohorts.",
            "Estos números superan lo que el modelo puede calcular. Conviene pedir menos meses o ver las cohortes.",
            "Estes números superam o que o modelo consegue calcular. Peça menos meses ou veja as coortes.",
        ],
        NotPredictedReason::NoBacktest => [
            "The past is too short to check a prediction on it, and without a check none is shown. Come back in a few months.",
            "El pasado es muy corto para comprobar una predicción, y sin comprobarla no se muestra ninguna. En unos meses habrá bastante.",
            "O passado é curto demais para conferir uma previsão, e sem conferir nenhuma é mostrada. Volte em alguns meses.",
        ],
        NotPredictedReason::BacktestOff if refused.params.contains_key("error_percent") => [
            "On your own past the prediction would have been off by {error_percent} %; at most {allowed} % is shown. Look at the cohorts instead.",
            "Con el propio pasado la predicción se habría equivocado en {error_percent} %; se muestra hasta {allowed} %. Las cohortes dicen más.",
            "Com o seu próprio passado a previsão teria errado em {error_percent} %; mostra-se até {allowed} %. Veja as coortes.",
        ],
        NotPredictedReason::BacktestOff => [
            "Nobody bought in the time the check looks at, so nothing can be said of what comes.",
            "Nadie compró en el tiempo que mira la comprobación: no se puede decir nada de lo que viene.",
            "Ninguém comprou no tempo que a conferência olha: nada se pode dizer do que vem.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_not_predicted_is_told_in_the_chosen_language_with_its_numbers() {
        let params = |of: &[(&str, &str)]| -> BTreeMap<String, String> {
            of.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let found = params(&[("found", "7"), ("needed", "100")]);
        for (reason, params) in [
            (NotPredictedReason::NoCustomers, params(&[])),
            (NotPredictedReason::TooFewRepeatBuyers, found),
            (
                NotPredictedReason::TooManyUnpaid,
                params(&[("found", "3"), ("of", "9")]),
            ),
            (
                NotPredictedReason::Correlated,
                params(&[("correlation", "0.45"), ("allowed", "0.3")]),
            ),
            (NotPredictedReason::NoFit, params(&[])),
            (NotPredictedReason::OutOfRange, params(&[])),
            (NotPredictedReason::NoBacktest, params(&[])),
            (
                NotPredictedReason::BacktestOff,
                params(&[("error_percent", "44.0"), ("allowed", "25")]),
            ),
            (NotPredictedReason::BacktestOff, params(&[])),
        ] {
            let refused = NotPredicted {
                reason,
                params,
                message: String::new(),
            };
            let told: Vec<String> = ["en", "es-AR", "pt-BR"]
                .into_iter()
                .map(|locale| not_predicted(&Output::new(false, locale), &refused))
                .collect();
            for sentence in &told {
                assert!(!sentence.contains(['{', '}']), "{sentence}");
            }
            assert!(told[0] != told[1] && told[1] != told[2], "{told:?}");
        }
        let refused = NotPredicted {
            reason: NotPredictedReason::Correlated,
            params: params(&[("correlation", "0.45"), ("allowed", "0.3")]),
            message: String::new(),
        };
        let spanish = not_predicted(&Output::new(false, "es-AR"), &refused);
        assert!(spanish.contains("correlación 0,45"), "{spanish}");
    }
}
