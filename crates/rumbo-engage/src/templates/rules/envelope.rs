//! Name, language, category, and the parts as a whole.

use super::rules;

rules! {
    NAME_MISSING = "name.missing", Refused, of "the name", from OVERVIEW {
        en: "The template has no name. Give it one, such as order_confirmation.",
        es: "La plantilla no tiene nombre. Hay que darle uno, como order_confirmation.",
        pt: "O modelo não tem nome. É preciso dar um, como order_confirmation.",
    };
    NAME_CHARACTERS = "name.characters", Refused, of "the name", from OVERVIEW {
        en: "The name “<name>” may hold only lower-case letters a–z, digits and underscores.",
        es: "El nombre «<name>» solo puede tener letras minúsculas a–z, dígitos y guiones bajos.",
        pt: "O nome “<name>” só pode ter letras minúsculas a–z, dígitos e sublinhados.",
    } mends {
        en: "Name it <mended>", es: "Llamarla <mended>", pt: "Chamar de <mended>",
    };
    NAME_TOO_LONG = "name.too-long", Refused, of "the name", from OVERVIEW {
        en: "The name has <count> characters, and Meta takes 512. Shorten it.",
        es: "El nombre tiene <count> caracteres y Meta acepta 512. Hay que acortarlo.",
        pt: "O nome tem <count> caracteres e a Meta aceita 512. É preciso encurtá-lo.",
    } mends {
        en: "Cut it to 512 characters", es: "Cortarlo a 512 caracteres", pt: "Cortá-lo em 512 caracteres",
    };
    NAME_TEST = "name.test", Warning, of "the name and the body", from EDITOR {
        en: "A template named “test” is taken for a test, whose body is “Hello {{1}}”. Give it another name.",
        es: "Una plantilla llamada «test» se toma por una prueba, cuyo cuerpo es «Hello {{1}}». Hay que darle otro nombre.",
        pt: "Um modelo chamado “test” é tomado por um teste, cujo corpo é “Hello {{1}}”. É preciso dar outro nome.",
    };
    LANGUAGE_MISSING = "language.missing", Refused, of "the language", from OVERVIEW {
        en: "The template has no language. Give Meta's code of it, such as es_AR.",
        es: "La plantilla no tiene idioma. Hay que dar el código de Meta, como es_AR.",
        pt: "O modelo não tem idioma. É preciso dar o código da Meta, como pt_BR.",
    };
    LANGUAGE_UNKNOWN = "language.unknown", Refused, of "the language", from SUPPORTED_LANGUAGES {
        en: "“<language>” is not one of Meta's language codes. Use one of them, such as en_US, es_AR or pt_BR.",
        es: "«<language>» no es un código de idioma de Meta. Hay que usar uno de ellos, como es_AR, en_US o pt_BR.",
        pt: "“<language>” não é um código de idioma da Meta. É preciso usar um deles, como pt_BR, en_US ou es_AR.",
    } mends {
        en: "Write <mended>", es: "Escribir <mended>", pt: "Escrever <mended>",
    };
    CATEGORY_MISSING = "category.missing", Refused, of "the category", from OVERVIEW {
        en: "The template has no category. Choose MARKETING, UTILITY or AUTHENTICATION.",
        es: "La plantilla no tiene categoría. Hay que elegir MARKETING, UTILITY o AUTHENTICATION.",
        pt: "O modelo não tem categoria. É preciso escolher MARKETING, UTILITY ou AUTHENTICATION.",
    };
    CATEGORY_UNKNOWN = "category.unknown", Refused, of "the category", from OVERVIEW {
        en: "“<category>” is not a category of Meta's. Choose MARKETING, UTILITY or AUTHENTICATION.",
        es: "«<category>» no es una categoría de Meta. Hay que elegir MARKETING, UTILITY o AUTHENTICATION.",
        pt: "“<category>” não é uma categoria da Meta. É preciso escolher MARKETING, UTILITY ou AUTHENTICATION.",
    } mends {
        en: "Make it <mended>", es: "Ponerla en <mended>", pt: "Mudar para <mended>",
    };
    PARAMETER_FORMAT_UNKNOWN = "parameter-format.unknown", Refused, of "the format of variables", from OVERVIEW {
        en: "“<format>” is not a format of variables. Use POSITIONAL for {{1}} or NAMED for {{first_name}}.",
        es: "«<format>» no es un formato de variables. Hay que usar POSITIONAL para {{1}} o NAMED para {{first_name}}.",
        pt: "“<format>” não é um formato de variáveis. É preciso usar POSITIONAL para {{1}} ou NAMED para {{first_name}}.",
    } mends {
        en: "Make it <mended>, as the text has it", es: "Ponerlo en <mended>, como está el texto", pt: "Mudar para <mended>, como está o texto",
    };
    TTL_RANGE = "ttl.range", Refused, of "the time to live, by category", from TIME_TO_LIVE {
        en: "A time to live of <seconds> seconds is not possible in <category>. Use <least> to <most>.",
        es: "Una vigencia de <seconds> segundos no es posible en <category>. Hay que usar de <least> a <most>.",
        pt: "Uma validade de <seconds> segundos não é possível em <category>. É preciso usar de <least> a <most>.",
    } mends {
        en: "Make it <mended> seconds", es: "Ponerla en <mended> segundos", pt: "Mudar para <mended> segundos",
    };
    TTL_LONGER_THAN_CODE = "ttl.longer-than-code", Warning, of "the time to live and the minutes a code is valid", from TIME_TO_LIVE {
        en: "The message may arrive <seconds> seconds later, and the code is valid for <minutes> minutes: some people get a code that no longer works. Meta advises a time to live no longer than the code.",
        es: "El mensaje puede llegar <seconds> segundos después y el código vale <minutes> minutos: algunas personas recibirán un código vencido. Meta aconseja una vigencia no mayor que la del código.",
        pt: "A mensagem pode chegar <seconds> segundos depois e o código vale <minutes> minutos: algumas pessoas receberão um código vencido. A Meta aconselha uma validade não maior que a do código.",
    } mends {
        en: "Make it <mended> seconds", es: "Ponerla en <mended> segundos", pt: "Mudar para <mended> segundos",
    };
    BODY_MISSING = "body.missing", Refused, of "the components", from COMPONENTS {
        en: "The template has no body. Add a component of type BODY.",
        es: "La plantilla no tiene cuerpo. Hay que agregar un componente de tipo BODY.",
        pt: "O modelo não tem corpo. É preciso adicionar um componente do tipo BODY.",
    };
    COMPONENT_TWICE = "component.twice", Refused, of "the components", from COMPONENTS {
        en: "There is more than one component of type <kind>. Keep one.",
        es: "Hay más de un componente de tipo <kind>. Hay que dejar uno.",
        pt: "Há mais de um componente do tipo <kind>. É preciso deixar um.",
    };
    COMPONENT_UNKNOWN = "component.unknown", Refused, of "the components", from COMPONENTS {
        en: "“<kind>” is not a type of component that Meta describes. Check how it is written.",
        es: "«<kind>» no es un tipo de componente que Meta describa. Hay que revisar cómo está escrito.",
        pt: "“<kind>” não é um tipo de componente que a Meta descreva. É preciso conferir como está escrito.",
    };
    SAME_NAME = "templates.same-name", Refused, of "the templates of a file", from OVERVIEW, code 2_388_024 {
        en: "Another template in this file has the name “<name>” in <language> too. Change one of them.",
        es: "Otra plantilla de este archivo también se llama «<name>» en <language>. Hay que cambiar una de las dos.",
        pt: "Outro modelo deste arquivo também se chama “<name>” em <language>. É preciso mudar um dos dois.",
    };
    SAME_TEXT = "templates.same-text", Refused, of "the templates of a file", from REVIEW {
        en: "The template “<name>” has the same body and footer. Meta refuses the second of them: change the wording.",
        es: "La plantilla «<name>» tiene el mismo cuerpo y el mismo pie. Meta rechaza la segunda: hay que cambiar el texto.",
        pt: "O modelo “<name>” tem o mesmo corpo e o mesmo rodapé. A Meta recusa o segundo: é preciso mudar o texto.",
    };
}
