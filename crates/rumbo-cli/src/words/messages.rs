//! What becomes of messages, in words: states and reasons of docs/states.md.

use rumbo_app::wire::TroubleKind;

use super::Language;

/// A word of the core, and what people read, in English, Spanish and Portuguese.
type Line = (&'static str, [&'static str; 3]);

/// States of dispatches and of bulk sends.
const STATES: &[Line] = &[
    ("planned", ["planned", "planificado", "planejado"]),
    ("held", ["waiting", "en espera", "em espera"]),
    ("skipped", ["left out", "excluido", "excluído"]),
    ("queued", ["in line", "en cola", "na fila"]),
    ("claimed", ["being sent", "enviándose", "sendo enviado"]),
    ("sent", ["sent", "enviado", "enviado"]),
    ("delivered", ["delivered", "entregado", "entregue"]),
    ("read", ["read", "leído", "lido"]),
    ("failed", ["failed", "fallido", "com falha"]),
    ("bounced", ["bounced", "rebotado", "devolvido"]),
    ("unknown", ["undecided", "sin definir", "indefinido"]),
    ("cancelled", ["withdrawn", "retirado", "retirado"]),
    (
        "planning",
        ["being planned", "planificándose", "em planejamento"],
    ),
    ("running", ["running", "en curso", "em andamento"]),
    ("paused", ["paused", "en pausa", "em pausa"]),
    ("done", ["done", "terminado", "concluído"]),
];

/// Reasons.
const REASONS: &[Line] = &[
    (
        "person_writes",
        [
            "an agent writes with the person",
            "un agente le escribe",
            "um agente escreve com a pessoa",
        ],
    ),
    (
        "opted_out",
        ["opted out", "pidió no recibir", "pediu para não receber"],
    ),
    (
        "no_consent",
        ["no consent", "sin consentimiento", "sem consentimento"],
    ),
    (
        "no_address",
        [
            "no address on this channel",
            "sin dirección en este canal",
            "sem endereço neste canal",
        ],
    ),
    (
        "address_invalid",
        [
            "invalid address",
            "dirección no válida",
            "endereço inválido",
        ],
    ),
    (
        "address_bounced",
        [
            "address cannot be reached",
            "dirección inalcanzable",
            "endereço inalcançável",
        ],
    ),
    (
        "address_changed",
        [
            "address changed since",
            "la dirección cambió",
            "o endereço mudou",
        ],
    ),
    (
        "duplicate",
        [
            "same address as another contact",
            "misma dirección que otro contacto",
            "mesmo endereço de outro contato",
        ],
    ),
    (
        "parameter_missing",
        ["a field is empty", "falta un dato", "falta um dado"],
    ),
    (
        "too_long",
        [
            "text too long",
            "texto demasiado largo",
            "texto longo demais",
        ],
    ),
    (
        "not_carried",
        [
            "not possible on this channel",
            "no es posible en este canal",
            "não é possível neste canal",
        ],
    ),
    (
        "window_closed",
        [
            "24-hour window closed",
            "ventana de 24 horas cerrada",
            "janela de 24 horas fechada",
        ],
    ),
    (
        "us_marketing",
        [
            "WhatsApp delivers no marketing to US numbers",
            "WhatsApp no entrega marketing a números de EE. UU.",
            "o WhatsApp não entrega marketing a números dos EUA",
        ],
    ),
    (
        "frequency_cap",
        [
            "had enough messages",
            "ya recibió bastantes mensajes",
            "já recebeu mensagens suficientes",
        ],
    ),
    (
        "budget",
        [
            "budget used up",
            "presupuesto agotado",
            "orçamento esgotado",
        ],
    ),
    (
        "tier_limit",
        [
            "sender's daily limit of people",
            "límite diario de personas del remitente",
            "limite diário de pessoas do remetente",
        ],
    ),
    (
        "quiet_hours",
        [
            "night where the contact is",
            "es de noche para el contacto",
            "é noite para o contato",
        ],
    ),
    (
        "business_hours",
        [
            "outside business hours",
            "fuera del horario",
            "fora do horário",
        ],
    ),
    (
        "template_gone",
        [
            "template gone",
            "la plantilla ya no existe",
            "o modelo não existe mais",
        ],
    ),
    (
        "template_not_approved",
        [
            "template not approved",
            "plantilla sin aprobar",
            "modelo não aprovado",
        ],
    ),
    (
        "template_paused",
        ["template paused", "plantilla en pausa", "modelo em pausa"],
    ),
    (
        "template_category",
        [
            "template changed its category",
            "la plantilla cambió de categoría",
            "o modelo mudou de categoria",
        ],
    ),
    (
        "template_refused",
        [
            "provider refuses the template",
            "el proveedor rechaza la plantilla",
            "o provedor recusa o modelo",
        ],
    ),
    (
        "switched_off",
        [
            "automation is off",
            "automatización apagada",
            "automação desligada",
        ],
    ),
    ("paused", ["paused", "en pausa", "em pausa"]),
    ("expired", ["too late", "fuera de plazo", "fora do prazo"]),
    ("withdrawn", ["withdrawn", "retirado", "retirado"]),
    (
        "refused",
        [
            "refused by the provider",
            "rechazado por el proveedor",
            "recusado pelo provedor",
        ],
    ),
    (
        "gave_up",
        [
            "tried often enough",
            "se agotaron los intentos",
            "tentativas esgotadas",
        ],
    ),
    (
        "provider_withdrew",
        [
            "withdrawn by the provider",
            "retirado por el proveedor",
            "retirado pelo provedor",
        ],
    ),
    (
        "answer_lost",
        [
            "the answer was lost",
            "se perdió la respuesta",
            "a resposta se perdeu",
        ],
    ),
    (
        "claimer_died",
        [
            "the program ended while sending",
            "el programa se cerró al enviar",
            "o programa fechou ao enviar",
        ],
    ),
    (
        "person_says_sent",
        [
            "a person says it was sent",
            "una persona dice que se envió",
            "uma pessoa diz que foi enviado",
        ],
    ),
    (
        "person_says_not_sent",
        [
            "a person says it was not sent",
            "una persona dice que no se envió",
            "uma pessoa diz que não foi enviado",
        ],
    ),
    (
        "never_arrived",
        [
            "the provider never had it",
            "el proveedor nunca lo recibió",
            "o provedor nunca recebeu",
        ],
    ),
    (
        "pair_pace",
        [
            "had one a moment ago",
            "recibió uno hace un momento",
            "recebeu um há pouco",
        ],
    ),
    (
        "channel_stopped",
        ["channel stopped", "canal detenido", "canal parado"],
    ),
    (
        "tried_again",
        [
            "tried again later",
            "se intenta más tarde",
            "nova tentativa mais tarde",
        ],
    ),
];

/// Why a channel cannot be used.
const TROUBLES: &[Line] = &[
    (
        "not_paired",
        [
            "The number is not paired. Scan the code with WhatsApp.",
            "El número no está vinculado. Escanee el código con WhatsApp.",
            "O número não está vinculado. Escaneie o código com o WhatsApp.",
        ],
    ),
    (
        "session_lost",
        [
            "The phone ended the session. Pair the number again.",
            "El teléfono cerró la sesión. Vincule el número de nuevo.",
            "O telefone encerrou a sessão. Vincule o número de novo.",
        ],
    ),
    (
        "credential_refused",
        [
            "The provider does not accept the key.",
            "El proveedor no acepta la clave.",
            "O provedor não aceita a chave.",
        ],
    ),
    (
        "sender_unknown",
        [
            "The provider has no such sender.",
            "El proveedor no tiene ese remitente.",
            "O provedor não tem esse remetente.",
        ],
    ),
    (
        "account_inactive",
        [
            "The account at the provider is not active.",
            "La cuenta en el proveedor no está activa.",
            "A conta no provedor não está ativa.",
        ],
    ),
    (
        "sender_inactive",
        [
            "The number is not active at the provider.",
            "El número no está activo en el proveedor.",
            "O número não está ativo no provedor.",
        ],
    ),
    (
        "instagram_missing",
        [
            "The page has no Instagram account. Connect one in the page's settings at Meta.",
            "La página no tiene cuenta de Instagram. Conecte una en la configuración de la página en Meta.",
            "A página não tem conta do Instagram. Conecte uma nas configurações da página na Meta.",
        ],
    ),
    (
        "quality_low",
        [
            "Meta rates the number's quality as low.",
            "Meta califica de baja la calidad del número.",
            "A Meta avalia a qualidade do número como baixa.",
        ],
    ),
    (
        "unreachable",
        [
            "The server cannot be reached.",
            "No se puede llegar al servidor.",
            "Não é possível chegar ao servidor.",
        ],
    ),
    (
        "refused",
        [
            "The provider refuses.",
            "El proveedor lo rechaza.",
            "O provedor recusa.",
        ],
    ),
];

/// What goes wrong with Chatwoot.
const HITCHES: &[Line] = &[
    (
        "unreachable",
        [
            "Chatwoot cannot be reached",
            "No se llega a Chatwoot",
            "O Chatwoot não pode ser alcançado",
        ],
    ),
    (
        "unanswered",
        [
            "Chatwoot did not answer to the end",
            "Chatwoot no terminó de responder",
            "O Chatwoot não respondeu até o fim",
        ],
    ),
    (
        "token_refused",
        [
            "Chatwoot does not take the access token",
            "Chatwoot no acepta el token de acceso",
            "O Chatwoot não aceita o token de acesso",
        ],
    ),
    (
        "missing",
        [
            "It is not in Chatwoot any more",
            "Ya no está en Chatwoot",
            "Não está mais no Chatwoot",
        ],
    ),
    (
        "refused",
        [
            "Chatwoot does not accept it",
            "Chatwoot no lo acepta",
            "O Chatwoot não aceita",
        ],
    ),
    (
        "throttled",
        [
            "Chatwoot asks to wait",
            "Chatwoot pide esperar",
            "O Chatwoot pede para esperar",
        ],
    ),
    (
        "other",
        [
            "Something went wrong with Chatwoot",
            "Algo falló con Chatwoot",
            "Algo falhou com o Chatwoot",
        ],
    ),
];

fn found(lines: &'static [Line], word: &str, language: Language) -> Option<&'static str> {
    let (_, [english, spanish, portuguese]) = lines.iter().find(|(of, _)| *of == word)?;
    Some(match language {
        Language::English => english,
        Language::Spanish => spanish,
        Language::Portuguese => portuguese,
    })
}

/// A state in a language; a word that is not known is shown as it is.
pub fn state(word: &str, language: Language) -> &str {
    found(STATES, word, language).unwrap_or(word)
}

/// What went wrong with Chatwoot last.
pub fn hitch(word: &str, language: Language) -> &str {
    found(HITCHES, word, language)
        .or_else(|| found(HITCHES, "other", language))
        .unwrap_or(word)
}

/// A reason in a language.
pub fn reason(word: &str, language: Language) -> &str {
    found(REASONS, word, language).unwrap_or(word)
}

/// Why a channel cannot be used, with what the provider said of it.
pub fn trouble(kind: TroubleKind, detail: Option<&str>, language: Language) -> String {
    let word = serde_json::to_value(kind).ok();
    let word = word
        .as_ref()
        .and_then(|word| word.as_str())
        .unwrap_or("refused");
    let sentence = found(TROUBLES, word, language).unwrap_or(word);
    match detail {
        Some(detail) => format!("{sentence} ({detail})"),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_reason_of_the_core_has_words() {
        for state in rumbo_app::outbox::states() {
            assert!(found(STATES, state, Language::English).is_some(), "{state}");
        }
        for reason in rumbo_app::outbox::reasons() {
            assert!(
                found(REASONS, reason, Language::Spanish).is_some(),
                "{reason}"
            );
        }
    }
}
