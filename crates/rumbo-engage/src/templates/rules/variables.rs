//! Variables, and the samples that stand for them in review.

use super::rules;

rules! {
    VARIABLE_BRACES = "variable.braces", Refused, of "header, body and card texts", from REVIEW {
        en: "The braces of <found> do not match. Write a variable as {{1}} or {{first_name}}.",
        es: "Las llaves de <found> no coinciden. Una variable se escribe {{1}} o {{first_name}}.",
        pt: "As chaves de <found> não combinam. Uma variável se escreve {{1}} ou {{first_name}}.",
    } mends {
        en: "Write two braces on both sides", es: "Poner dos llaves a cada lado", pt: "Pôr duas chaves de cada lado",
    };
    VARIABLE_CHARACTERS = "variable.characters", Refused, of "header, body and card texts", from REVIEW {
        en: "<found> is not a variable: between the braces stands a whole number, or a name of lower-case letters, digits and underscores.",
        es: "<found> no es una variable: entre las llaves va un número entero, o un nombre con letras minúsculas, dígitos y guiones bajos.",
        pt: "<found> não é uma variável: entre as chaves vai um número inteiro, ou um nome com letras minúsculas, dígitos e sublinhados.",
    } mends {
        en: "Write <mended>", es: "Escribir <mended>", pt: "Escrever <mended>",
    };
    VARIABLE_NAME_TOO_LONG = "variable.name-too-long", Refused, of "header, body and card texts", from EDITOR {
        en: "The name <found> has <count> characters, and Meta takes 32. Shorten it.",
        es: "El nombre <found> tiene <count> caracteres y Meta acepta 32. Hay que acortarlo.",
        pt: "O nome <found> tem <count> caracteres e a Meta aceita 32. É preciso encurtá-lo.",
    };
    VARIABLE_MIXED = "variable.mixed", Refused, of "header, body and card texts", from OVERVIEW {
        en: "The template has numbered and named variables. Use one kind: all like {{1}}, or all like {{first_name}}.",
        es: "La plantilla tiene variables con número y con nombre. Hay que usar una sola clase: todas como {{1}} o todas como {{first_name}}.",
        pt: "O modelo tem variáveis com número e com nome. É preciso usar uma só classe: todas como {{1}} ou todas como {{first_name}}.",
    };
    VARIABLE_NAMED_IN_POSITIONAL = "variable.named-in-positional", Refused, of "the format of variables and the texts", from OVERVIEW {
        en: "The variables have names, such as <found>, and the template does not say so. Set parameter_format to NAMED.",
        es: "Las variables tienen nombre, como <found>, y la plantilla no lo dice. Hay que poner parameter_format en NAMED.",
        pt: "As variáveis têm nome, como <found>, e o modelo não o diz. É preciso pôr parameter_format em NAMED.",
    } mends {
        en: "Set parameter_format to NAMED", es: "Poner parameter_format en NAMED", pt: "Pôr parameter_format em NAMED",
    };
    VARIABLE_NUMBERED_IN_NAMED = "variable.numbered-in-named", Refused, of "the format of variables and the texts", from OVERVIEW {
        en: "The template says that its variables have names, and they have numbers, such as <found>. Set parameter_format to POSITIONAL.",
        es: "La plantilla dice que sus variables tienen nombre y tienen número, como <found>. Hay que poner parameter_format en POSITIONAL.",
        pt: "O modelo diz que suas variáveis têm nome e elas têm número, como <found>. É preciso pôr parameter_format em POSITIONAL.",
    } mends {
        en: "Set parameter_format to POSITIONAL", es: "Poner parameter_format en POSITIONAL", pt: "Pôr parameter_format em POSITIONAL",
    };
    VARIABLE_GAP = "variable.gap", Refused, of "header, body and card texts", from REVIEW {
        en: "The numbers of the variables skip <missing>. Number them from {{1}} without a gap.",
        es: "Los números de las variables se saltan <missing>. Hay que numerarlas desde {{1}} sin huecos.",
        pt: "Os números das variáveis pulam <missing>. É preciso numerá-las a partir de {{1}} sem lacunas.",
    } mends {
        en: "Number them from {{1}}", es: "Numerarlas desde {{1}}", pt: "Numerá-las a partir de {{1}}",
    };
    VARIABLE_ORDER = "variable.order", Warning, of "header, body and card texts", from OVERVIEW {
        en: "The variables are not numbered in the order of the text. Meta asks for that order, and their samples follow the text, not the numbers.",
        es: "Las variables no están numeradas en el orden del texto. Meta pide ese orden, y los ejemplos siguen al texto y no a los números.",
        pt: "As variáveis não estão numeradas na ordem do texto. A Meta pede essa ordem, e os exemplos seguem o texto e não os números.",
    };
    VARIABLE_TWICE = "variable.twice", Refused, of "header, body and card texts", from OVERVIEW {
        en: "The name <found> stands twice in the same text. Give each variable its own name.",
        es: "El nombre <found> está dos veces en el mismo texto. Cada variable necesita el suyo.",
        pt: "O nome <found> está duas vezes no mesmo texto. Cada variável precisa do seu.",
    };
    VARIABLE_AT_EDGE = "variable.at-edge", Refused, of "body and card texts", from REVIEW, code 2_388_299 {
        en: "The text begins or ends with the variable <found>. Put words before and after it.",
        es: "El texto empieza o termina con la variable <found>. Hay que poner palabras antes y después.",
        pt: "O texto começa ou termina com a variável <found>. É preciso pôr palavras antes e depois.",
    };
    VARIABLE_NEAR_EDGE = "variable.near-edge", Warning, of "body and card texts", from TWILIO_VARIABLES, code 2_388_299 {
        en: "Only punctuation stands between <found> and the end or the beginning of the text, which Meta may take for none. Add words.",
        es: "Entre <found> y el final o el comienzo del texto solo hay puntuación, y Meta puede tomarla por nada. Conviene agregar palabras.",
        pt: "Entre <found> e o fim ou o começo do texto só há pontuação, e a Meta pode tomá-la por nada. Convém adicionar palavras.",
    };
    VARIABLES_ADJACENT = "variable.adjacent", Refused, of "body and card texts", from STATUS_UPDATE {
        en: "<found> stand next to each other. Put words between them.",
        es: "<found> están juntas. Hay que poner palabras entre ellas.",
        pt: "<found> estão juntas. É preciso pôr palavras entre elas.",
    };
    BODY_ONLY_VARIABLES = "body.only-variables", Refused, of "the body's text", from ANSWER, code 2_388_072 {
        en: "The body holds variables and no words. Write the message around them.",
        es: "El cuerpo tiene variables y ninguna palabra. Hay que escribir el mensaje alrededor.",
        pt: "O corpo tem variáveis e nenhuma palavra. É preciso escrever a mensagem em volta.",
    };
    BODY_TOO_MANY_VARIABLES = "body.too-many-variables", Refused, of "body and card texts", from TWILIO_VARIABLES, code 2_388_293 {
        en: "There are too many variables for so little text: <variables> need at least <least> other words, and there are <words>. Write more or use fewer.",
        es: "Hay demasiadas variables para tan poco texto: <variables> necesitan al menos <least> palabras más y hay <words>. Hay que escribir más o usar menos.",
        pt: "Há variáveis demais para tão pouco texto: <variables> precisam de pelo menos <least> outras palavras e há <words>. É preciso escrever mais ou usar menos.",
    };
    BODY_DENSE_VARIABLES = "body.dense-variables", Warning, of "body and card texts", from ERROR_CODES, code 2_388_293 {
        en: "There is little text for so many variables: <words> words for <variables>. Meta publishes no limit and has refused up to three words for each. Write a little more.",
        es: "Hay poco texto para tantas variables: <words> palabras para <variables>. Meta no publica el límite y ha rechazado hasta tres palabras por variable. Conviene escribir un poco más.",
        pt: "Há pouco texto para tantas variáveis: <words> palavras para <variables>. A Meta não publica o limite e já recusou até três palavras por variável. Convém escrever um pouco mais.",
    };
    SAMPLE_MISSING = "sample.missing", Refused, of "the samples of header, body and cards", from COMPONENTS, code 2_388_043 {
        en: "<found> have no sample. Give one for each variable in <field>.",
        es: "<found> no tienen ejemplo. Hay que dar uno por variable en <field>.",
        pt: "<found> não têm exemplo. É preciso dar um por variável em <field>.",
    };
    SAMPLE_COUNT = "sample.count", Refused, of "the samples of header, body and cards", from MEDIA_CARDS, code 2_388_043 {
        en: "There are <samples> samples for <variables> variables. Give as many samples as variables.",
        es: "Hay <samples> ejemplos para <variables> variables. Tiene que haber tantos ejemplos como variables.",
        pt: "Há <samples> exemplos para <variables> variáveis. É preciso ter tantos exemplos quanto variáveis.",
    } mends {
        en: "Drop the samples that are too many", es: "Quitar los ejemplos que sobran", pt: "Tirar os exemplos que sobram",
    };
    SAMPLE_NAMES = "sample.names", Refused, of "the samples of header, body and cards", from OVERVIEW, code 2_388_043 {
        en: "The samples are not of the variables of the text: <found>. Give one sample under each name.",
        es: "Los ejemplos no son de las variables del texto: <found>. Hay que dar un ejemplo con cada nombre.",
        pt: "Os exemplos não são das variáveis do texto: <found>. É preciso dar um exemplo com cada nome.",
    } mends {
        en: "Drop the samples of other names", es: "Quitar los ejemplos de otros nombres", pt: "Tirar os exemplos de outros nomes",
    };
    SAMPLE_FORMAT = "sample.format", Refused, of "the samples of header, body and cards", from COMPONENTS, code 2_388_043 {
        en: "The samples are in <found>, and these variables need them in <field>.",
        es: "Los ejemplos están en <found> y estas variables los necesitan en <field>.",
        pt: "Os exemplos estão em <found> e estas variáveis precisam deles em <field>.",
    } mends {
        en: "Move them to <field>", es: "Pasarlos a <field>", pt: "Passá-los para <field>",
    };
    SAMPLE_EMPTY = "sample.empty", Refused, of "every sample", from REVIEW, code 2_388_043 {
        en: "A sample is empty. Write what a customer could read there.",
        es: "Hay un ejemplo vacío. Hay que escribir lo que leería un cliente.",
        pt: "Há um exemplo vazio. É preciso escrever o que um cliente leria.",
    };
    SAMPLE_LINE_BREAK = "sample.line-break", Refused, of "every sample", from FRAPPE {
        en: "The sample “<found>” holds a line break, a tab or more than four spaces in a row, which variables cannot. Write it on one line.",
        es: "El ejemplo «<found>» tiene un salto de línea, una tabulación o más de cuatro espacios seguidos, y una variable no puede. Hay que escribirlo en una línea.",
        pt: "O exemplo “<found>” tem uma quebra de linha, uma tabulação ou mais de quatro espaços seguidos, e uma variável não pode. É preciso escrevê-lo em uma linha.",
    } mends {
        en: "Put a space there", es: "Poner un espacio ahí", pt: "Pôr um espaço ali",
    };
    SAMPLE_IS_VARIABLE = "sample.is-variable", Warning, of "every sample", from REVIEW {
        en: "The sample “<found>” is a variable itself. Write what a customer could read there, so that reviewers can judge it.",
        es: "El ejemplo «<found>» es una variable. Hay que escribir lo que leería un cliente, para que la revisión pueda juzgarlo.",
        pt: "O exemplo “<found>” é uma variável. É preciso escrever o que um cliente leria, para que a revisão possa julgá-lo.",
    };
}
