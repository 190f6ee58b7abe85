//! Header, body and footer: how long, and written how.

use super::rules;

rules! {
    HEADER_FORMAT_MISSING = "header.format-missing", Refused, of "the header", from COMPONENTS {
        en: "The header does not say its format. Use TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, GIF or PRODUCT.",
        es: "El encabezado no dice su formato. Hay que usar TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, GIF o PRODUCT.",
        pt: "O cabeçalho não diz seu formato. É preciso usar TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, GIF ou PRODUCT.",
    } mends {
        en: "Make it a TEXT header", es: "Hacerlo un encabezado TEXT", pt: "Torná-lo um cabeçalho TEXT",
    };
    HEADER_FORMAT_UNKNOWN = "header.format-unknown", Refused, of "the header", from COMPONENTS {
        en: "“<format>” is not a header that Meta describes. Check how it is written.",
        es: "«<format>» no es un encabezado que Meta describa. Hay que revisar cómo está escrito.",
        pt: "“<format>” não é um cabeçalho que a Meta descreva. É preciso conferir como está escrito.",
    };
    HEADER_TEXT_MISSING = "header.text-missing", Refused, of "the header", from COMPONENTS {
        en: "The header has no text. Write some, or take the header out.",
        es: "El encabezado no tiene texto. Hay que escribirlo o quitar el encabezado.",
        pt: "O cabeçalho não tem texto. É preciso escrevê-lo ou tirar o cabeçalho.",
    } mends {
        en: "Take the header out", es: "Quitar el encabezado", pt: "Tirar o cabeçalho",
    };
    HEADER_TOO_LONG = "header.too-long", Refused, of "the header's text", from COMPONENTS, code 2_388_040 {
        en: "The header has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El encabezado tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O cabeçalho tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    HEADER_LINE_BREAK = "header.line-break", Refused, of "the header's text", from TWILIO_REJECTED, code 2_388_047 {
        en: "A header is one line. Take the line break out.",
        es: "Un encabezado es una sola línea. Hay que quitar el salto de línea.",
        pt: "Um cabeçalho é uma só linha. É preciso tirar a quebra de linha.",
    } mends {
        en: "Put a space there", es: "Poner un espacio ahí", pt: "Pôr um espaço ali",
    };
    HEADER_EMOJI = "header.emoji", Refused, of "the header's text", from TWILIO_REJECTED, code 2_388_047 {
        en: "A header cannot have emoji. Take <found> out.",
        es: "Un encabezado no puede tener emojis. Hay que quitar <found>.",
        pt: "Um cabeçalho não pode ter emojis. É preciso tirar <found>.",
    } mends {
        en: "Take the emoji out", es: "Quitar los emojis", pt: "Tirar os emojis",
    };
    HEADER_MARKUP = "header.markup", Refused, of "the header's text", from COMPONENTS, code 2_388_047 {
        en: "A header cannot have formatting characters (* _ ~ `). Take <found> out.",
        es: "Un encabezado no puede tener caracteres de formato (* _ ~ `). Hay que quitar <found>.",
        pt: "Um cabeçalho não pode ter caracteres de formatação (* _ ~ `). É preciso tirar <found>.",
    } mends {
        en: "Take the formatting out", es: "Quitar el formato", pt: "Tirar a formatação",
    };
    HEADER_TOO_MANY_VARIABLES = "header.too-many-variables", Refused, of "the header's text", from COMPONENTS, code 2_388_047 {
        en: "A header may have one variable, and this one has <count>. Move the others to the body.",
        es: "Un encabezado puede tener una variable y este tiene <count>. Hay que pasar las demás al cuerpo.",
        pt: "Um cabeçalho pode ter uma variável e este tem <count>. É preciso passar as outras para o corpo.",
    };
    HEADER_SAMPLE_MISSING = "header.sample-missing", Refused, of "the header's sample", from COMPONENTS, code 2_388_043 {
        en: "A <format> header needs a sample file. Upload one and give its handle in example.header_handle.",
        es: "Un encabezado <format> necesita un archivo de muestra. Hay que subir uno y poner su identificador en example.header_handle.",
        pt: "Um cabeçalho <format> precisa de um arquivo de amostra. É preciso enviar um e pôr seu identificador em example.header_handle.",
    };
    HEADER_HANDLE_IS_LINK = "header.handle-is-link", Refused, of "the header's sample", from COMPONENTS {
        en: "The sample is a link, and Meta takes only the handle that its upload gives. Upload the file.",
        es: "La muestra es un enlace y Meta solo acepta el identificador que da su carga. Hay que subir el archivo.",
        pt: "A amostra é um link e a Meta só aceita o identificador que seu envio dá. É preciso enviar o arquivo.",
    };
    HEADER_SAMPLE_TYPE = "header.sample-type", Refused, of "the header's sample at YCloud", from YCLOUD {
        en: "The sample of a <format> header ends in <endings>. “<found>” does not.",
        es: "La muestra de un encabezado <format> termina en <endings>. «<found>» no.",
        pt: "A amostra de um cabeçalho <format> termina em <endings>. “<found>” não.",
    };
    HEADER_GIF = "header.gif", Warning, of "the header and the category", from COMPONENTS {
        en: "A GIF header is only for marketing messages sent over the Marketing Messages API. Use IMAGE or VIDEO.",
        es: "Un encabezado GIF es solo para mensajes de marketing enviados por la Marketing Messages API. Hay que usar IMAGE o VIDEO.",
        pt: "Um cabeçalho GIF é só para mensagens de marketing enviadas pela Marketing Messages API. É preciso usar IMAGE ou VIDEO.",
    };
    BODY_TEXT_MISSING = "body.text-missing", Refused, of "the body's text", from COMPONENTS {
        en: "The body has no text. Write the message.",
        es: "El cuerpo no tiene texto. Hay que escribir el mensaje.",
        pt: "O corpo não tem texto. É preciso escrever a mensagem.",
    };
    BODY_TOO_LONG = "body.too-long", Refused, of "the body's text", from COMPONENTS, code 2_388_040 {
        en: "The body has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El cuerpo tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O corpo tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    BODY_TOO_LONG_FILLED = "body.too-long-filled", Warning, of "the body with its samples put in", from TWILIO_TOO_LONG {
        en: "With its samples put in the body has <count> characters, and a message may have <limit>: such messages are not sent. Shorten the text.",
        es: "Con sus ejemplos puestos el cuerpo tiene <count> caracteres y un mensaje puede tener <limit>: esos mensajes no se envían. Hay que acortar el texto.",
        pt: "Com os exemplos postos o corpo tem <count> caracteres e uma mensagem pode ter <limit>: essas mensagens não são enviadas. É preciso encurtar o texto.",
    };
    BODY_LINE_BREAKS = "body.line-breaks", Refused, of "the body's text", from ANSWER, code 2_388_072 {
        en: "There are <count> line breaks in a row, and Meta takes two. Take out the empty lines.",
        es: "Hay <count> saltos de línea seguidos y Meta acepta dos. Hay que quitar líneas vacías.",
        pt: "Há <count> quebras de linha seguidas e a Meta aceita duas. É preciso tirar linhas vazias.",
    } mends {
        en: "Leave one empty line", es: "Dejar una línea vacía", pt: "Deixar uma linha vazia",
    };
    BODY_TOO_MANY_EMOJI = "body.too-many-emoji", Refused, of "the body's text", from ANSWER, code 2_388_072 {
        en: "The body has <count> emoji, and Meta takes 10. Take some out.",
        es: "El cuerpo tiene <count> emojis y Meta acepta 10. Hay que quitar algunos.",
        pt: "O corpo tem <count> emojis e a Meta aceita 10. É preciso tirar alguns.",
    };
    BODY_EMOJI_IN_UTILITY = "body.emoji-in-utility", Warning, of "the body's text and the category", from EDITOR {
        en: "The body has <count> emoji, and WhatsApp Manager takes 6 in a utility template. Take some out.",
        es: "El cuerpo tiene <count> emojis y WhatsApp Manager acepta 6 en una plantilla de utilidad. Hay que quitar algunos.",
        pt: "O corpo tem <count> emojis e o WhatsApp Manager aceita 6 em um modelo de utilidade. É preciso tirar alguns.",
    };
    BODY_SPACES = "body.spaces", Refused, of "the body's text", from TWILIO_APPROVALS {
        en: "Reviewers turn down tabs and more than four spaces in a row. Put one space.",
        es: "En la revisión se rechazan tabulaciones y más de cuatro espacios seguidos. Hay que poner uno.",
        pt: "Na revisão são recusados tabulações e mais de quatro espaços seguidos. É preciso pôr um.",
    } mends {
        en: "Put one space there", es: "Poner un espacio ahí", pt: "Pôr um espaço ali",
    };
    BODY_SHORT_LINK = "body.short-link", Warning, of "the body's text", from EDITOR {
        en: "Meta does not allow shortened links such as <found>. Write the whole address of your site.",
        es: "Meta no permite enlaces acortados como <found>. Hay que escribir la dirección completa del sitio.",
        pt: "A Meta não permite links encurtados como <found>. É preciso escrever o endereço completo do site.",
    };
    FOOTER_TEXT_MISSING = "footer.text-missing", Refused, of "the footer's text", from COMPONENTS {
        en: "The footer has no text. Write some, or take the footer out.",
        es: "El pie no tiene texto. Hay que escribirlo o quitar el pie.",
        pt: "O rodapé não tem texto. É preciso escrevê-lo ou tirar o rodapé.",
    } mends {
        en: "Take the footer out", es: "Quitar el pie", pt: "Tirar o rodapé",
    };
    FOOTER_TOO_LONG = "footer.too-long", Refused, of "the footer's text", from COMPONENTS, code 2_388_040 {
        en: "The footer has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El pie tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O rodapé tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    FOOTER_VARIABLE = "footer.variable", Refused, of "the footer's text", from EDITOR, code 2_388_073 {
        en: "A footer cannot have variables. Move <found> to the body.",
        es: "Un pie no puede tener variables. Hay que pasar <found> al cuerpo.",
        pt: "Um rodapé não pode ter variáveis. É preciso passar <found> para o corpo.",
    };
    FOOTER_LINE_BREAK = "footer.line-break", Refused, of "the footer's text", from ANSWER, code 2_388_073 {
        en: "A footer is one line. Take the line break out.",
        es: "Un pie es una sola línea. Hay que quitar el salto de línea.",
        pt: "Um rodapé é uma só linha. É preciso tirar a quebra de linha.",
    } mends {
        en: "Put a space there", es: "Poner un espacio ahí", pt: "Pôr um espaço ali",
    };
    FOOTER_EMOJI = "footer.emoji", Refused, of "the footer's text", from ANSWER, code 2_388_073 {
        en: "A footer cannot have emoji. Take <found> out.",
        es: "Un pie no puede tener emojis. Hay que quitar <found>.",
        pt: "Um rodapé não pode ter emojis. É preciso tirar <found>.",
    } mends {
        en: "Take the emoji out", es: "Quitar los emojis", pt: "Tirar os emojis",
    };
    FOOTER_MARKUP = "footer.markup", Warning, of "the footer's text", from BIRD {
        en: "A footer is plain text. Take the formatting <found> out.",
        es: "Un pie es texto sin formato. Hay que quitar <found>.",
        pt: "Um rodapé é texto sem formatação. É preciso tirar <found>.",
    } mends {
        en: "Take the formatting out", es: "Quitar el formato", pt: "Tirar a formatação",
    };
    TEXT_TOO_LONG_IN_UTF16 = "text.too-long-in-utf16", Warning, of "every text that has a limit", from EDITOR {
        en: "WhatsApp Manager counts an emoji as two or more characters: for it these are <count>, and <limit> are taken. Shorten the text by <over>.",
        es: "WhatsApp Manager cuenta un emoji como dos o más caracteres: para él son <count> y se aceptan <limit>. Sobran <over>.",
        pt: "O WhatsApp Manager conta um emoji como dois ou mais caracteres: para ele são <count> e são aceitos <limit>. Sobram <over>.",
    };
}
