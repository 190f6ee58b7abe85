//! Authentication templates, whose text is Meta's.

use super::rules;

rules! {
    OTP_OUTSIDE = "otp.outside-authentication", Refused, of "the buttons and the category", from COMPONENTS {
        en: "A button for a one-time password belongs to AUTHENTICATION templates. Change the category, or take the button out.",
        es: "Un botón de contraseña de un solo uso es de plantillas AUTHENTICATION. Hay que cambiar la categoría o quitar el botón.",
        pt: "Um botão de senha de uso único é de modelos AUTHENTICATION. É preciso mudar a categoria ou tirar o botão.",
    };
    OTP_MISSING = "authentication.button-missing", Refused, of "the buttons of an authentication template", from CATEGORIES {
        en: "An authentication template needs a button for the one-time password. Add one of type OTP.",
        es: "Una plantilla de autenticación necesita un botón para la contraseña de un solo uso. Hay que agregar uno de tipo OTP.",
        pt: "Um modelo de autenticação precisa de um botão para a senha de uso único. É preciso adicionar um do tipo OTP.",
    };
    AUTHENTICATION_OTHER_BUTTONS = "authentication.other-buttons", Refused, of "the buttons of an authentication template", from GUPSHUP {
        en: "An authentication template has one button, of type OTP. Take the others out.",
        es: "Una plantilla de autenticación tiene un solo botón, de tipo OTP. Hay que quitar los demás.",
        pt: "Um modelo de autenticação tem um só botão, do tipo OTP. É preciso tirar os outros.",
    } mends {
        en: "Keep the OTP button alone", es: "Dejar solo el botón OTP", pt: "Deixar só o botão OTP",
    };
    AUTHENTICATION_BODY_TEXT = "authentication.body-text", Refused, of "the body of an authentication template", from AUTHENTICATION {
        en: "The text of an authentication template is Meta's own. Take yours out; add_security_recommendation adds the warning not to share the code.",
        es: "El texto de una plantilla de autenticación es de Meta. Hay que quitar el propio; add_security_recommendation agrega el aviso de no compartir el código.",
        pt: "O texto de um modelo de autenticação é da Meta. É preciso tirar o próprio; add_security_recommendation adiciona o aviso de não compartilhar o código.",
    } mends {
        en: "Take the text out", es: "Quitar el texto", pt: "Tirar o texto",
    };
    AUTHENTICATION_FOOTER_TEXT = "authentication.footer-text", Refused, of "the footer of an authentication template", from AUTHENTICATION {
        en: "The footer of an authentication template is Meta's own. Take your text out; code_expiration_minutes says how long the code is valid.",
        es: "El pie de una plantilla de autenticación es de Meta. Hay que quitar el texto; code_expiration_minutes dice cuánto vale el código.",
        pt: "O rodapé de um modelo de autenticação é da Meta. É preciso tirar o texto; code_expiration_minutes diz quanto vale o código.",
    } mends {
        en: "Take the text out", es: "Quitar el texto", pt: "Tirar o texto",
    };
    AUTHENTICATION_COMPONENT = "authentication.component", Refused, of "the components of an authentication template", from AUTHENTICATION {
        en: "An authentication template has a body, a footer and a button, and no <kind>: links, media and emoji are not possible. Take it out.",
        es: "Una plantilla de autenticación tiene cuerpo, pie y botón, y ningún <kind>: no admite enlaces, archivos ni emojis. Hay que quitarlo.",
        pt: "Um modelo de autenticação tem corpo, rodapé e botão, e nenhum <kind>: não admite links, mídia nem emojis. É preciso tirá-lo.",
    } mends {
        en: "Take it out", es: "Quitarlo", pt: "Tirá-lo",
    };
    CODE_EXPIRATION_RANGE = "authentication.expiration", Refused, of "the footer of an authentication template", from ZERO_TAP {
        en: "A code cannot be valid for <minutes> minutes. Use 1 to 90.",
        es: "Un código no puede valer <minutes> minutos. Hay que usar de 1 a 90.",
        pt: "Um código não pode valer <minutes> minutos. É preciso usar de 1 a 90.",
    } mends {
        en: "Make it <mended>", es: "Ponerlo en <mended>", pt: "Mudar para <mended>",
    };
    OTP_TYPE = "otp.type", Refused, of "the OTP button", from ZERO_TAP {
        en: "The OTP button does not say how the code gets into the app. Set otp_type to COPY_CODE, ONE_TAP or ZERO_TAP.",
        es: "El botón OTP no dice cómo llega el código a la aplicación. Hay que poner otp_type en COPY_CODE, ONE_TAP o ZERO_TAP.",
        pt: "O botão OTP não diz como o código chega ao aplicativo. É preciso pôr otp_type em COPY_CODE, ONE_TAP ou ZERO_TAP.",
    };
    OTP_APPS_MISSING = "otp.apps-missing", Refused, of "the OTP button", from ZERO_TAP {
        en: "With <kind> the button must say which apps may read the code. Give supported_apps with package_name and signature_hash.",
        es: "Con <kind> el botón tiene que decir qué aplicaciones pueden leer el código. Hay que dar supported_apps con package_name y signature_hash.",
        pt: "Com <kind> o botão precisa dizer quais aplicativos podem ler o código. É preciso dar supported_apps com package_name e signature_hash.",
    };
    OTP_TOO_MANY_APPS = "otp.too-many-apps", Refused, of "the OTP button", from ZERO_TAP {
        en: "There are <count> apps, and Meta takes 5. Take some out.",
        es: "Hay <count> aplicaciones y Meta acepta 5. Hay que quitar algunas.",
        pt: "Há <count> aplicativos e a Meta aceita 5. É preciso tirar alguns.",
    };
    OTP_APP_TWICE = "otp.app-twice", Warning, of "the OTP button", from EDITOR {
        en: "The app <found> stands twice. Once is enough.",
        es: "La aplicación <found> está dos veces. Alcanza con una.",
        pt: "O aplicativo <found> está duas vezes. Basta uma.",
    } mends {
        en: "Keep it once", es: "Dejarla una vez", pt: "Deixá-lo uma vez",
    };
    OTP_APP_OUTSIDE = "otp.app-outside", Warning, of "the OTP button", from ZERO_TAP {
        en: "package_name and signature_hash beside the button are read no longer since version 21 of Graph. Put them into supported_apps.",
        es: "package_name y signature_hash junto al botón ya no se leen desde la versión 21 de Graph. Van en supported_apps.",
        pt: "package_name e signature_hash ao lado do botão já não são lidos desde a versão 21 do Graph. Ficam em supported_apps.",
    } mends {
        en: "Move them to supported_apps", es: "Pasarlos a supported_apps", pt: "Passá-los para supported_apps",
    };
    OTP_PACKAGE_NAME = "otp.package-name", Refused, of "the OTP button", from ZERO_TAP {
        en: "“<found>” is not the name of an Android package: two or more parts with dots between, each beginning with a letter, up to 224 characters.",
        es: "«<found>» no es el nombre de un paquete de Android: dos partes o más separadas por puntos, cada una con letra inicial, hasta 224 caracteres.",
        pt: "“<found>” não é o nome de um pacote Android: duas partes ou mais separadas por pontos, cada uma com letra inicial, até 224 caracteres.",
    };
    OTP_SIGNATURE_HASH = "otp.signature-hash", Refused, of "the OTP button", from ZERO_TAP {
        en: "“<found>” is not the hash of an app's signing key: 11 characters out of letters, digits, +, / and =.",
        es: "«<found>» no es el hash de la clave de firma de una aplicación: 11 caracteres entre letras, dígitos, +, / y =.",
        pt: "“<found>” não é o hash da chave de assinatura de um aplicativo: 11 caracteres entre letras, dígitos, +, / e =.",
    } mends {
        en: "Write <mended>", es: "Escribir <mended>", pt: "Escrever <mended>",
    };
    OTP_TERMS = "otp.terms", Refused, of "the OTP button", from ZERO_TAP {
        en: "For ZERO_TAP somebody must accept Meta's terms: set zero_tap_terms_accepted to true once they are read.",
        es: "Para ZERO_TAP alguien tiene que aceptar los términos de Meta: hay que poner zero_tap_terms_accepted en true una vez leídos.",
        pt: "Para ZERO_TAP alguém precisa aceitar os termos da Meta: é preciso pôr zero_tap_terms_accepted em true depois de lidos.",
    };
}
