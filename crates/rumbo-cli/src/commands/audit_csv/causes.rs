//! Causes and reasons in a few words, in three languages.

use std::collections::BTreeMap;

use rumbo_app::wire::{AuditCause, AuditNotComparedWhy, AuditUnmatchedWhy};

use crate::output::Output;
use crate::words::Language;

type Texts = (&'static str, &'static str, &'static str);

fn pick(output: &Output, texts: Texts) -> &'static str {
    match output.language() {
        Language::English => texts.0,
        Language::Spanish => texts.1,
        Language::Portuguese => texts.2,
    }
}

/// Why a cell differs, with its evidence.
pub fn why(output: &Output, cause: AuditCause, evidence: &BTreeMap<String, String>) -> String {
    let later = evidence.get("day").is_some_and(|day| day == "next");
    fill(output, pick(output, texts(cause, later)), evidence)
}

/// What a cause says; the names in braces are of its evidence.
pub(super) fn texts(cause: AuditCause, later: bool) -> Texts {
    match cause {
        AuditCause::OtherCurrency => (
            "the file is in {file}, Rumbo in {stored}",
            "el archivo está en {file}; Rumbo, en {stored}",
            "o arquivo está em {file}; o Rumbo, em {stored}",
        ),
        AuditCause::DaysNotRead => (
            "days not read: {days}, from {day}",
            "días sin leer: {days}, desde el {day}",
            "dias não lidos: {days}, desde {day}",
        ),
        AuditCause::Restated => (
            "Meta restated it: sync {run}, {at}",
            "Meta lo corrigió: sincronización {run}, {at}",
            "a Meta corrigiu: sincronização {run}, {at}",
        ),
        AuditCause::ReplacedByFile => (
            "an import replaced it: {run}, {at}",
            "una importación lo reemplazó: {run}, {at}",
            "uma importação substituiu: {run}, {at}",
        ),
        AuditCause::DayShift if later => (
            "equals the next day: another time zone",
            "es igual al día siguiente: otra zona horaria",
            "é igual ao dia seguinte: outro fuso horário",
        ),
        AuditCause::DayShift => (
            "equals the day before: another time zone",
            "es igual al día anterior: otra zona horaria",
            "é igual ao dia anterior: outro fuso horário",
        ),
        AuditCause::ActionType => (
            "the file counts {action}",
            "el archivo cuenta {action}",
            "o arquivo conta {action}",
        ),
        AuditCause::AttributionWindow => (
            "the file counts {action} in {window} alone",
            "el archivo cuenta {action} solo en {window}",
            "o arquivo conta {action} só em {window}",
        ),
        AuditCause::AttributionSetting => (
            "attribution: file {file}, Rumbo {stored}",
            "atribución: archivo {file}, Rumbo {stored}",
            "atribuição: arquivo {file}, Rumbo {stored}",
        ),
        AuditCause::Follows => (
            "follows from {figure}",
            "se deriva de {figure}",
            "decorre de {figure}",
        ),
        AuditCause::Rounding => (
            "rounding of the parts: {parts}",
            "redondeo de las partes: {parts}",
            "arredondamento das partes: {parts}",
        ),
        AuditCause::NotSettled => (
            "not settled: {day} was read {at}",
            "sin cerrar: {day} se leyó el {at}",
            "em aberto: {day} foi lido em {at}",
        ),
        AuditCause::FromFile => (
            "what Rumbo has is of an import: {run}, {at}",
            "lo que tiene Rumbo es de una importación: {run}, {at}",
            "o que o Rumbo tem é de uma importação: {run}, {at}",
        ),
        AuditCause::ObjectDeleted => (
            "Meta no longer lists it, since {at}",
            "Meta ya no lo muestra desde el {at}",
            "a Meta já não o mostra desde {at}",
        ),
        AuditCause::RowsNotRead => (
            "rows that cannot be read: {rows}",
            "filas que no se pueden leer: {rows}",
            "linhas que não podem ser lidas: {rows}",
        ),
        AuditCause::Unknown => ("unknown", "desconocido", "desconhecido"),
    }
}

/// Why a row has nothing to be compared with.
pub fn unmatched(
    output: &Output,
    why: AuditUnmatchedWhy,
    evidence: &BTreeMap<String, String>,
) -> String {
    let texts = match why {
        AuditUnmatchedWhy::UnknownId => (
            "nothing here has this id",
            "nada aquí tiene este id",
            "nada aqui tem este id",
        ),
        AuditUnmatchedWhy::UnknownName => (
            "nothing here has this name",
            "nada aquí tiene este nombre",
            "nada aqui tem este nome",
        ),
        AuditUnmatchedWhy::SharedName => (
            "{count} have this name: export with ids",
            "{count} tienen este nombre: exporte con los id",
            "{count} têm este nome: exporte com os ids",
        ),
        AuditUnmatchedWhy::Twice => (
            "of the same days as line {line}",
            "de los mismos días que la línea {line}",
            "dos mesmos dias que a linha {line}",
        ),
        AuditUnmatchedWhy::NotStored | AuditUnmatchedWhy::Unreadable => {
            ("not stored", "no guardado", "não guardado")
        }
    };
    fill(output, pick(output, texts), evidence)
}

/// Why cells were not compared.
pub fn not_compared(output: &Output, why: AuditNotComparedWhy) -> &'static str {
    pick(
        output,
        match why {
            AuditNotComparedWhy::OneAnswer => (
                "cannot be added up: ask Meta for this period",
                "no se puede sumar: pídaselo a Meta para este período",
                "não se pode somar: peça à Meta para este período",
            ),
            AuditNotComparedWhy::ResultKindUnknown => (
                "the file does not say what its results are of",
                "el archivo no dice de qué son sus resultados",
                "o arquivo não diz de que são os resultados",
            ),
            AuditNotComparedWhy::PartsMissing => (
                "the file has not what it is made of",
                "el archivo no tiene aquello de lo que se calcula",
                "o arquivo não tem aquilo de que é calculado",
            ),
        },
    )
}

fn fill(output: &Output, text: &str, evidence: &BTreeMap<String, String>) -> String {
    let mut filled = text.to_owned();
    for (name, value) in evidence {
        let value = match name.as_str() {
            "figure" => super::figure(output, value),
            // An instant: its day says enough here.
            "at" => value.chars().take(10).collect(),
            _ => value.clone(),
        };
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    filled
}
