//! Buttons.

use super::rules;

rules! {
    BUTTONS_EMPTY = "buttons.empty", Refused, of "the buttons", from COMPONENTS {
        en: "The component BUTTONS holds no button. Add one, or take the component out.",
        es: "El componente BUTTONS no tiene botones. Hay que agregar uno o quitar el componente.",
        pt: "O componente BUTTONS não tem botões. É preciso adicionar um ou tirar o componente.",
    } mends {
        en: "Take the component out", es: "Quitar el componente", pt: "Tirar o componente",
    };
    BUTTONS_TOO_MANY = "buttons.too-many", Refused, of "the buttons", from COMPONENTS {
        en: "There are <count> buttons, and Meta takes 10. Take some out.",
        es: "Hay <count> botones y Meta acepta 10. Hay que quitar algunos.",
        pt: "Há <count> botões e a Meta aceita 10. É preciso tirar alguns.",
    };
    BUTTONS_TOO_MANY_LINKS = "buttons.too-many-links", Refused, of "the buttons", from COMPONENTS {
        en: "There are <count> buttons with a link, and Meta takes two. Take some out.",
        es: "Hay <count> botones con enlace y Meta acepta dos. Hay que quitar algunos.",
        pt: "Há <count> botões com link e a Meta aceita dois. É preciso tirar alguns.",
    };
    BUTTONS_TOO_MANY_PHONES = "buttons.too-many-phones", Refused, of "the buttons", from COMPONENTS {
        en: "There are <count> buttons that call a number, and Meta takes one. Keep one.",
        es: "Hay <count> botones que llaman a un número y Meta acepta uno. Hay que dejar uno.",
        pt: "Há <count> botões que ligam para um número e a Meta aceita um. É preciso deixar um.",
    };
    BUTTONS_TOO_MANY_CODES = "buttons.too-many-codes", Refused, of "the buttons", from COMPONENTS {
        en: "There are <count> buttons that copy a code, and Meta takes one. Keep one.",
        es: "Hay <count> botones que copian un código y Meta acepta uno. Hay que dejar uno.",
        pt: "Há <count> botões que copiam um código e a Meta aceita um. É preciso deixar um.",
    };
    BUTTONS_ORDER = "buttons.order", Refused, of "the buttons", from COMPONENTS {
        en: "Quick replies and other buttons alternate. Put all quick replies together, before or after the others.",
        es: "Las respuestas rápidas y los demás botones se alternan. Todas las respuestas rápidas tienen que ir juntas, antes o después de los demás.",
        pt: "As respostas rápidas e os outros botões se alternam. Todas as respostas rápidas precisam ficar juntas, antes ou depois dos outros.",
    } mends {
        en: "Put the quick replies together", es: "Juntar las respuestas rápidas", pt: "Juntar as respostas rápidas",
    };
    BUTTONS_CATALOG_ALONE = "buttons.catalog-alone", Refused, of "the buttons", from GUPSHUP {
        en: "A <kind> button stands alone. Take the other buttons out.",
        es: "Un botón <kind> va solo. Hay que quitar los demás.",
        pt: "Um botão <kind> fica sozinho. É preciso tirar os outros.",
    };
    BUTTONS_ON_PHONES_ONLY = "buttons.on-phones-only", Warning, of "the buttons", from COMPONENTS {
        en: "With four or more buttons, or a quick reply beside another kind, the message cannot be seen in WhatsApp on a computer: people are sent to their phone.",
        es: "Con cuatro botones o más, o con una respuesta rápida junto a otra clase, el mensaje no se ve en WhatsApp de escritorio: se pide abrirlo en el teléfono.",
        pt: "Com quatro botões ou mais, ou com uma resposta rápida ao lado de outra classe, a mensagem não aparece no WhatsApp do computador: pede-se para abrir no telefone.",
    };
    BUTTON_UNKNOWN = "button.unknown", Refused, of "each button", from COMPONENTS {
        en: "“<kind>” is not a type of button that Meta describes. Check how it is written.",
        es: "«<kind>» no es un tipo de botón que Meta describa. Hay que revisar cómo está escrito.",
        pt: "“<kind>” não é um tipo de botão que a Meta descreva. É preciso conferir como está escrito.",
    };
    BUTTON_LABEL_MISSING = "button.label-missing", Refused, of "each button's label", from COMPONENTS {
        en: "The button has no label. Write what it does, in up to 25 characters.",
        es: "El botón no tiene texto. Hay que escribir qué hace, en hasta 25 caracteres.",
        pt: "O botão não tem texto. É preciso escrever o que faz, em até 25 caracteres.",
    };
    BUTTON_LABEL_TOO_LONG = "button.label-too-long", Refused, of "each button's label", from COMPONENTS, code 2_388_040 {
        en: "The label “<found>” has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El texto «<found>» tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O texto “<found>” tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    BUTTON_LABEL_VARIABLE = "button.label-variable", Refused, of "each button's label", from ANSWER, code 2_388_060 {
        en: "A label cannot have variables. Write <found> out.",
        es: "El texto de un botón no puede tener variables. Hay que reemplazar <found> por palabras.",
        pt: "O texto de um botão não pode ter variáveis. É preciso trocar <found> por palavras.",
    };
    BUTTON_LABEL_LINE_BREAK = "button.label-line-break", Refused, of "each button's label", from ANSWER, code 2_388_060 {
        en: "A label is one line. Take the line break out.",
        es: "El texto de un botón es una sola línea. Hay que quitar el salto de línea.",
        pt: "O texto de um botão é uma só linha. É preciso tirar a quebra de linha.",
    } mends {
        en: "Put a space there", es: "Poner un espacio ahí", pt: "Pôr um espaço ali",
    };
    BUTTON_LABEL_EMOJI = "button.label-emoji", Refused, of "each button's label", from ANSWER, code 2_388_060 {
        en: "A label cannot have emoji. Take <found> out.",
        es: "El texto de un botón no puede tener emojis. Hay que quitar <found>.",
        pt: "O texto de um botão não pode ter emojis. É preciso tirar <found>.",
    } mends {
        en: "Take the emoji out", es: "Quitar los emojis", pt: "Tirar os emojis",
    };
    BUTTON_LABEL_MARKUP = "button.label-markup", Refused, of "each button's label", from ANSWER, code 2_388_060 {
        en: "A label cannot have formatting characters (* _ ~ `). Take <found> out.",
        es: "El texto de un botón no puede tener caracteres de formato (* _ ~ `). Hay que quitar <found>.",
        pt: "O texto de um botão não pode ter caracteres de formatação (* _ ~ `). É preciso tirar <found>.",
    } mends {
        en: "Take the formatting out", es: "Quitar el formato", pt: "Tirar a formatação",
    };
    BUTTON_LABEL_TWICE = "button.label-twice", Warning, of "the labels beside each other", from EDITOR {
        en: "Two buttons say “<found>”, which Meta's editor does not let pass. Give each its own label.",
        es: "Dos botones dicen «<found>», y el editor de Meta no lo deja pasar. Cada uno necesita su texto.",
        pt: "Dois botões dizem “<found>”, e o editor da Meta não deixa passar. Cada um precisa do seu texto.",
    };
    LINK_MISSING = "link.missing", Refused, of "each button with a link", from COMPONENTS {
        en: "The button has no link. Give its url.",
        es: "El botón no tiene enlace. Hay que dar su url.",
        pt: "O botão não tem link. É preciso dar sua url.",
    };
    LINK_INVALID = "link.invalid", Refused, of "each button with a link", from ANSWER {
        en: "“<found>” is not a whole address. Write it as https://example.com/page.",
        es: "«<found>» no es una dirección completa. Se escribe como https://example.com/pagina.",
        pt: "“<found>” não é um endereço completo. Escreve-se como https://example.com/pagina.",
    } mends {
        en: "Put https:// before it", es: "Ponerle https:// delante", pt: "Pôr https:// na frente",
    };
    LINK_TOO_LONG = "link.too-long", Refused, of "each button with a link", from COMPONENTS, code 2_388_040 {
        en: "The link has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El enlace tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O link tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    LINK_TOO_MANY_VARIABLES = "link.too-many-variables", Refused, of "each button with a link", from COMPONENTS {
        en: "A link may have one variable, and this one has <count>. Keep the last.",
        es: "Un enlace puede tener una variable y este tiene <count>. Hay que dejar la última.",
        pt: "Um link pode ter uma variável e este tem <count>. É preciso deixar a última.",
    };
    LINK_VARIABLE_NUMBER = "link.variable-number", Refused, of "each button with a link", from COMPONENTS {
        en: "A link counts its variable by itself: write {{1}}, not <found>.",
        es: "Un enlace cuenta su variable aparte: hay que escribir {{1}} y no <found>.",
        pt: "Um link conta a variável dele à parte: é preciso escrever {{1}} e não <found>.",
    } mends {
        en: "Write {{1}}", es: "Escribir {{1}}", pt: "Escrever {{1}}",
    };
    LINK_VARIABLE_NOT_LAST = "link.variable-not-last", Refused, of "each button with a link", from COMPONENTS {
        en: "The variable of a link stands at its end. Take out “<found>” behind it, or put it before.",
        es: "La variable de un enlace va al final. Hay que quitar «<found>» de detrás o ponerlo antes.",
        pt: "A variável de um link fica no final. É preciso tirar “<found>” de trás ou pô-lo antes.",
    };
    LINK_VARIABLE_IN_DOMAIN = "link.variable-in-domain", Refused, of "each button with a link", from TWILIO_VARIABLES {
        en: "The variable stands in the site's name. Put it after a slash: https://example.com/{{1}}.",
        es: "La variable está en el nombre del sitio. Tiene que ir después de una barra: https://example.com/{{1}}.",
        pt: "A variável está no nome do site. Precisa ficar depois de uma barra: https://example.com/{{1}}.",
    };
    LINK_SAMPLE_MISSING = "link.sample-missing", Refused, of "each button with a link", from COMPONENTS, code 2_388_043 {
        en: "The link has a variable and no sample. Give one in example.",
        es: "El enlace tiene una variable y no tiene ejemplo. Hay que darlo en example.",
        pt: "O link tem uma variável e não tem exemplo. É preciso dá-lo em example.",
    };
    LINK_TO_WHATSAPP = "link.to-whatsapp", Refused, of "each button with a link", from ANSWER, code 2_388_081 {
        en: "A button cannot link to WhatsApp itself (<found>). Use a quick reply, or a page of your own.",
        es: "Un botón no puede enlazar a WhatsApp (<found>). Hay que usar una respuesta rápida o una página propia.",
        pt: "Um botão não pode levar ao WhatsApp (<found>). É preciso usar uma resposta rápida ou uma página própria.",
    };
    LINK_SHORTENED = "link.shortened", Warning, of "each button with a link", from EDITOR {
        en: "Meta does not allow shortened links such as <found>. Write the whole address of your site.",
        es: "Meta no permite enlaces acortados como <found>. Hay que escribir la dirección completa del sitio.",
        pt: "A Meta não permite links encurtados como <found>. É preciso escrever o endereço completo do site.",
    };
    PHONE_MISSING = "phone.missing", Refused, of "each button that calls a number", from COMPONENTS {
        en: "The button has no number. Give its phone_number.",
        es: "El botón no tiene número. Hay que dar su phone_number.",
        pt: "O botão não tem número. É preciso dar seu phone_number.",
    };
    PHONE_TOO_LONG = "phone.too-long", Refused, of "each button that calls a number", from COMPONENTS, code 2_388_040 {
        en: "The number has <count> characters, and Meta takes <limit>. Write the country's code and the digits.",
        es: "El número tiene <count> caracteres y Meta acepta <limit>. Hay que escribir el código de país y los dígitos.",
        pt: "O número tem <count> caracteres e a Meta aceita <limit>. É preciso escrever o código do país e os dígitos.",
    } mends {
        en: "Write <mended>", es: "Escribir <mended>", pt: "Escrever <mended>",
    };
    PHONE_NOT_INTERNATIONAL = "phone.not-international", Warning, of "each button that calls a number", from COMPONENTS {
        en: "“<found>” does not begin with a country's code, and WhatsApp takes its first digits for one. Write it like 5491123456789.",
        es: "«<found>» no empieza con un código de país, y WhatsApp toma sus primeros dígitos por uno. Se escribe como 5491123456789.",
        pt: "“<found>” não começa com um código de país, e o WhatsApp toma seus primeiros dígitos por um. Escreve-se como 5511987654321.",
    };
    CODE_MISSING = "code.missing", Refused, of "each button that copies a code", from COMPONENTS, code 2_388_043 {
        en: "The button that copies a code has no sample code. Give one in example.",
        es: "El botón que copia un código no tiene código de ejemplo. Hay que darlo en example.",
        pt: "O botão que copia um código não tem código de exemplo. É preciso dá-lo em example.",
    };
    CODE_TOO_LONG = "code.too-long", Refused, of "each button that copies a code", from COMPONENTS, code 2_388_040 {
        en: "The code has <count> characters, and Meta takes <limit>. Shorten it.",
        es: "El código tiene <count> caracteres y Meta acepta <limit>. Hay que acortarlo.",
        pt: "O código tem <count> caracteres e a Meta aceita <limit>. É preciso encurtá-lo.",
    };
    CODE_CHARACTERS = "code.characters", Refused, of "each button that copies a code", from COUPONS {
        en: "The code may hold only letters a–z and digits. Take “<found>” out.",
        es: "El código solo puede llevar letras de la a a la z y cifras. Hay que quitar «<found>».",
        pt: "O código só pode ter letras de a a z e algarismos. É preciso tirar “<found>”.",
    } mends {
        en: "Take out what is neither letter nor digit", es: "Quitar lo que no sea letra ni cifra", pt: "Tirar o que não for letra nem algarismo",
    };
    CODE_NOT_MARKETING = "code.not-marketing", Warning, of "each button that copies a code", from COUPONS {
        en: "A button that copies a code belongs to marketing templates. Make the template MARKETING, or take the button out.",
        es: "Un botón que copia un código es de plantillas de marketing. Hay que poner la plantilla en MARKETING o quitar el botón.",
        pt: "Um botão que copia um código é de modelos de marketing. É preciso mudar o modelo para MARKETING ou tirar o botão.",
    };
    FLOW_MISSING = "flow.missing", Refused, of "each button that opens a Flow", from YCLOUD {
        en: "The button does not say which Flow it opens. Give flow_id, flow_name or flow_json.",
        es: "El botón no dice qué Flow abre. Hay que dar flow_id, flow_name o flow_json.",
        pt: "O botão não diz qual Flow abre. É preciso dar flow_id, flow_name ou flow_json.",
    };
    FLOW_TWICE = "flow.twice", Refused, of "each button that opens a Flow", from YCLOUD {
        en: "The button names its Flow in <found>. Keep one of them.",
        es: "El botón nombra su Flow en <found>. Hay que dejar uno.",
        pt: "O botão dá seu Flow em <found>. É preciso deixar um.",
    };
    FLOW_ACTION = "flow.action", Refused, of "each button that opens a Flow", from YCLOUD {
        en: "“<found>” is not an action of a Flow. Use navigate or data_exchange.",
        es: "«<found>» no es una acción de un Flow. Hay que usar navigate o data_exchange.",
        pt: "“<found>” não é uma ação de um Flow. É preciso usar navigate ou data_exchange.",
    };
    FLOW_SCREEN_MISSING = "flow.screen-missing", Refused, of "each button that opens a Flow", from YCLOUD {
        en: "The button does not say on which screen the Flow begins. Give navigate_screen.",
        es: "El botón no dice en qué pantalla empieza el Flow. Hay que dar navigate_screen.",
        pt: "O botão não diz em que tela o Flow começa. É preciso dar navigate_screen.",
    };
}
