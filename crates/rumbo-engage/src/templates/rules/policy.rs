//! What a reviewer, a person or a machine, would make of the words. Only ever a warning: words are
//! judged by lists, and a list can be wrong.

use super::rules;

rules! {
    MARKETING_IN_UTILITY = "policy.marketing-in-utility", Warning, of "the words of a utility template", from CATEGORIES {
        en: "“<found>” reads like marketing: Meta would make this template MARKETING, with marketing's price and limits. Take it out, or choose MARKETING.",
        es: "«<found>» suena a marketing: Meta pasaría esta plantilla a MARKETING, con su precio y sus límites. Hay que quitarlo o elegir MARKETING.",
        pt: "“<found>” soa a marketing: a Meta passaria este modelo para MARKETING, com seu preço e seus limites. É preciso tirá-lo ou escolher MARKETING.",
    };
    UNCLEAR_IN_UTILITY = "policy.unclear-in-utility", Warning, of "the words of a utility template", from CATEGORIES {
        en: "So few words do not say what the message is about, and Meta makes unclear templates MARKETING. Name the order, the account or the appointment.",
        es: "Tan pocas palabras no dicen de qué trata el mensaje, y Meta pasa las plantillas poco claras a MARKETING. Hay que nombrar el pedido, la cuenta o la cita.",
        pt: "Tão poucas palavras não dizem do que trata a mensagem, e a Meta passa os modelos pouco claros para MARKETING. É preciso citar o pedido, a conta ou o horário.",
    };
    OPT_OUT_MISSING = "policy.opt-out-missing", Warning, of "a marketing template", from COMPONENTS {
        en: "Nothing says how to stop these messages. A quick reply for it keeps people from blocking the number instead.",
        es: "Nada dice cómo dejar de recibir estos mensajes. Una respuesta rápida para eso evita que bloqueen el número.",
        pt: "Nada diz como parar de receber estas mensagens. Uma resposta rápida para isso evita que bloqueiem o número.",
    } mends {
        en: "Add the quick reply “<mended>”", es: "Agregar la respuesta rápida «<mended>»", pt: "Adicionar a resposta rápida “<mended>”",
    };
    ASKS_FOR_SECRETS = "policy.asks-for-secrets", Warning, of "every text", from REVIEW {
        en: "“<found>” may ask for what Meta forbids to ask for: whole numbers of cards, accounts and documents, passwords. Ask for the last digits at most.",
        es: "«<found>» puede pedir lo que Meta prohíbe pedir: números completos de tarjetas, cuentas y documentos, contraseñas. Como mucho, los últimos dígitos.",
        pt: "“<found>” pode pedir o que a Meta proíbe pedir: números completos de cartões, contas e documentos, senhas. No máximo, os últimos dígitos.",
    };
    THREATENS = "policy.threatens", Warning, of "every text", from REVIEW {
        en: "“<found>” can be read as a threat, for which Meta refuses templates. Say what is due and how to settle it.",
        es: "«<found>» se puede leer como una amenaza, y por eso Meta rechaza plantillas. Hay que decir qué se debe y cómo se paga.",
        pt: "“<found>” pode ser lido como uma ameaça, e por isso a Meta recusa modelos. É preciso dizer o que se deve e como se paga.",
    };
    PASSCODE_OUTSIDE = "policy.passcode-outside-authentication", Warning, of "every text and the category", from CATEGORIES {
        en: "“<found>”: only AUTHENTICATION templates may send a one-time passcode. Use one of them.",
        es: "«<found>»: solo las plantillas AUTHENTICATION pueden enviar un código de un solo uso. Hay que usar una de ellas.",
        pt: "“<found>”: só os modelos AUTHENTICATION podem enviar um código de uso único. É preciso usar um deles.",
    };
}
