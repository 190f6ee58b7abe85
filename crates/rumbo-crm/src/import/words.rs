//! Words of files in three languages.

use rumbo_base::{Error, Reason};
use rumbo_platform::table_file::fold;

use crate::contacts::ContactStatus;
use crate::input::invalid;
use crate::sales::SaleStatus;
use crate::stages::Stage;

pub(super) fn contact_status(text: &str) -> Result<ContactStatus, Error> {
    match fold(text).as_str() {
        "lead" | "new" | "nuevo" | "novo" | "prospect" | "prospecto" => Ok(ContactStatus::Lead),
        "contacted" | "contactado" | "contatado" => Ok(ContactStatus::Contacted),
        "customer" | "client" | "cliente" | "active" | "activo" | "ativo" => {
            Ok(ContactStatus::Customer)
        }
        "churned" | "lost" | "perdido" | "inactive" | "inactivo" | "inativo" => {
            Ok(ContactStatus::Churned)
        }
        _ => Err(unknown(
            "status",
            text,
            "lead, contacted, customer, churned",
            format!(
                "\"{text}\" is not a status of a contact. Use lead, contacted, customer or churned"
            ),
        )),
    }
}

pub(super) fn sale_status(text: &str) -> Result<SaleStatus, Error> {
    match fold(text).as_str() {
        "completed" | "complete" | "paid" | "approved" | "done" | "closed" | "pagado"
        | "pagada" | "completado" | "completada" | "aprobado" | "aprobada" | "pago" | "paga"
        | "concluido" | "concluida" | "aprovado" | "aprovada" | "entregue" | "entregado"
        | "delivered" | "shipped" => Ok(SaleStatus::Completed),
        "pending" | "unpaid" | "open" | "pendiente" | "pendente" | "aguardando" => {
            Ok(SaleStatus::Pending)
        }
        "refunded" | "returned" | "reembolsado" | "reembolsada" | "devuelto" | "devuelta"
        | "devolvido" | "devolvida" | "estornado" | "estornada" => Ok(SaleStatus::Refunded),
        "cancelled" | "canceled" | "void" | "cancelado" | "cancelada" | "anulado" | "anulada" => {
            Ok(SaleStatus::Cancelled)
        }
        _ => Err(unknown(
            "status",
            text,
            "pending, completed, refunded, cancelled",
            format!(
                "\"{text}\" is not a status of a sale. Use pending, completed, refunded or cancelled"
            ),
        )),
    }
}

fn unknown(field: &str, value: &str, choices: &str, message: String) -> Error {
    invalid(field, Reason::ValueUnknown, message)
        .param("value", value)
        .param("choices", choices)
}

/// A stage by its name, or by what it means.
pub(super) fn stage<'s>(stages: &'s [Stage], text: &str) -> Result<&'s Stage, Error> {
    let wanted = fold(text);
    let meaning = match wanted.as_str() {
        "won" | "ganado" | "ganada" | "ganho" | "ganha" => Some("won"),
        "lost" | "perdido" | "perdida" => Some("lost"),
        _ => None,
    };
    stages
        .iter()
        .find(|stage| fold(&stage.name) == wanted)
        .or_else(|| {
            let meaning = meaning?;
            stages
                .iter()
                .find(|stage| stage.outcome.is_some_and(|o| o.as_str() == meaning))
        })
        .ok_or_else(|| {
            let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
            let names = names.join(", ");
            let message = format!("\"{text}\" is not a stage. The stages are: {names}");
            unknown("stage", text, &names, message)
        })
}
