//! Carousels, limited-time offers and products.

use super::rules;

rules! {
    OFFER_CATEGORY = "offer.category", Refused, of "a limited-time offer and the category", from LIMITED_TIME_OFFERS {
        en: "A limited-time offer is only possible in MARKETING. Change the category.",
        es: "Una oferta por tiempo limitado solo es posible en MARKETING. Hay que cambiar la categoría.",
        pt: "Uma oferta por tempo limitado só é possível em MARKETING. É preciso mudar a categoria.",
    } mends {
        en: "Make it MARKETING", es: "Ponerla en MARKETING", pt: "Mudar para MARKETING",
    };
    OFFER_TEXT_MISSING = "offer.text-missing", Refused, of "a limited-time offer", from LIMITED_TIME_OFFERS {
        en: "The offer has no text. Give limited_time_offer.text, such as “Ends soon!”.",
        es: "La oferta no tiene texto. Hay que dar limited_time_offer.text, como «¡Termina pronto!».",
        pt: "A oferta não tem texto. É preciso dar limited_time_offer.text, como “Acaba logo!”.",
    };
    OFFER_TEXT_TOO_LONG = "offer.text-too-long", Refused, of "a limited-time offer", from LIMITED_TIME_OFFERS, code 2_388_040 {
        en: "The offer's text has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El texto de la oferta tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O texto da oferta tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    OFFER_HEADER = "offer.header", Refused, of "a limited-time offer and the header", from LIMITED_TIME_OFFERS {
        en: "Beside a limited-time offer the header is IMAGE or VIDEO. Change it, or take it out.",
        es: "Con una oferta por tiempo limitado el encabezado es IMAGE o VIDEO. Hay que cambiarlo o quitarlo.",
        pt: "Com uma oferta por tempo limitado o cabeçalho é IMAGE ou VIDEO. É preciso mudá-lo ou tirá-lo.",
    } mends {
        en: "Take the header out", es: "Quitar el encabezado", pt: "Tirar o cabeçalho",
    };
    OFFER_FOOTER = "offer.footer", Refused, of "a limited-time offer and the footer", from LIMITED_TIME_OFFERS {
        en: "A limited-time offer has no footer. Take it out.",
        es: "Una oferta por tiempo limitado no lleva pie. Hay que quitarlo.",
        pt: "Uma oferta por tempo limitado não tem rodapé. É preciso tirá-lo.",
    } mends {
        en: "Take the footer out", es: "Quitar el pie", pt: "Tirar o rodapé",
    };
    OFFER_BODY_TOO_LONG = "offer.body-too-long", Refused, of "a limited-time offer and the body", from LIMITED_TIME_OFFERS, code 2_388_040 {
        en: "The body has <count> characters, and beside a limited-time offer Meta takes <limit>. Shorten it by <over>.",
        es: "El cuerpo tiene <count> caracteres y con una oferta por tiempo limitado Meta acepta <limit>. Sobran <over>.",
        pt: "O corpo tem <count> caracteres e com uma oferta por tempo limitado a Meta aceita <limit>. Sobram <over>.",
    };
    OFFER_CODE_FIRST = "offer.code-first", Refused, of "a limited-time offer and the buttons", from YCLOUD {
        en: "Beside a limited-time offer the button that copies the code comes first. Move it.",
        es: "Con una oferta por tiempo limitado el botón que copia el código va primero. Hay que moverlo.",
        pt: "Com uma oferta por tempo limitado o botão que copia o código vem primeiro. É preciso movê-lo.",
    } mends {
        en: "Put it first", es: "Ponerlo primero", pt: "Pô-lo primeiro",
    };
    OFFER_CODE_MISSING = "offer.code-missing", Refused, of "a limited-time offer and the buttons", from YCLOUD {
        en: "An offer that counts down needs a button that copies its code. Add one of type COPY_CODE, or set has_expiration to false.",
        es: "Una oferta con cuenta regresiva necesita un botón que copie su código. Hay que agregar uno de tipo COPY_CODE o poner has_expiration en false.",
        pt: "Uma oferta com contagem regressiva precisa de um botão que copie seu código. É preciso adicionar um do tipo COPY_CODE ou pôr has_expiration em false.",
    };
    OFFER_CODE_TOO_LONG = "offer.code-too-long", Refused, of "a limited-time offer and the buttons", from LIMITED_TIME_OFFERS, code 2_388_040 {
        en: "The offer's code has <count> characters, and Meta takes <limit>. Shorten it.",
        es: "El código de la oferta tiene <count> caracteres y Meta acepta <limit>. Hay que acortarlo.",
        pt: "O código da oferta tem <count> caracteres e a Meta aceita <limit>. É preciso encurtá-lo.",
    };
    CAROUSEL_CATEGORY = "carousel.category", Refused, of "a carousel and the category", from MEDIA_CARDS {
        en: "A carousel is only possible in MARKETING. Change the category.",
        es: "Un carrusel solo es posible en MARKETING. Hay que cambiar la categoría.",
        pt: "Um carrossel só é possível em MARKETING. É preciso mudar a categoria.",
    } mends {
        en: "Make it MARKETING", es: "Ponerla en MARKETING", pt: "Mudar para MARKETING",
    };
    CAROUSEL_COUNT = "carousel.count", Refused, of "a carousel", from MEDIA_CARDS {
        en: "The carousel has <count> cards. Make it 2 to 10.",
        es: "El carrusel tiene <count> tarjetas. Tiene que tener de 2 a 10.",
        pt: "O carrossel tem <count> cartões. Precisa ter de 2 a 10.",
    };
    CAROUSEL_SHAPE = "carousel.shape", Refused, of "the cards of a carousel", from MEDIA_CARDS {
        en: "Card <card> is made otherwise than the first: <first> against <found>. All cards have the same parts.",
        es: "La tarjeta <card> está hecha de otro modo que la primera: <first> y <found>. Todas las tarjetas tienen las mismas partes.",
        pt: "O cartão <card> é feito de outro modo que o primeiro: <first> e <found>. Todos os cartões têm as mesmas partes.",
    };
    CARD_COMPONENT = "card.component", Refused, of "each card", from YCLOUD {
        en: "A card has a header, a body and buttons, and no <kind>. Take it out.",
        es: "Una tarjeta tiene encabezado, cuerpo y botones, y ningún <kind>. Hay que quitarlo.",
        pt: "Um cartão tem cabeçalho, corpo e botões, e nenhum <kind>. É preciso tirá-lo.",
    } mends {
        en: "Take it out", es: "Quitarlo", pt: "Tirá-lo",
    };
    CARD_HEADER_MISSING = "card.header-missing", Refused, of "each card", from MEDIA_CARDS {
        en: "The card has no header. Give it a picture, a video or a product.",
        es: "La tarjeta no tiene encabezado. Hay que darle una imagen, un video o un producto.",
        pt: "O cartão não tem cabeçalho. É preciso dar uma imagem, um vídeo ou um produto.",
    };
    CARD_HEADER_FORMAT = "card.header-format", Refused, of "each card", from MEDIA_CARDS {
        en: "The header of a card is IMAGE, VIDEO or PRODUCT, and not <format>.",
        es: "El encabezado de una tarjeta es IMAGE, VIDEO o PRODUCT, y no <format>.",
        pt: "O cabeçalho de um cartão é IMAGE, VIDEO ou PRODUCT, e não <format>.",
    };
    CARD_BODY_TOO_LONG = "card.body-too-long", Refused, of "each card's text", from MEDIA_CARDS, code 2_388_040 {
        en: "The card's text has <count> characters, and Meta takes <limit>. Shorten it by <over>.",
        es: "El texto de la tarjeta tiene <count> caracteres y Meta acepta <limit>. Sobran <over>.",
        pt: "O texto do cartão tem <count> caracteres e a Meta aceita <limit>. Sobram <over>.",
    };
    CARD_BUTTONS_MISSING = "card.buttons-missing", Refused, of "each card", from YCLOUD {
        en: "The card has no button. Give it one or two.",
        es: "La tarjeta no tiene botones. Hay que darle uno o dos.",
        pt: "O cartão não tem botões. É preciso dar um ou dois.",
    };
    CARD_TOO_MANY_BUTTONS = "card.too-many-buttons", Refused, of "each card", from MEDIA_CARDS {
        en: "The card has <count> buttons, and Meta takes <limit>. Take some out.",
        es: "La tarjeta tiene <count> botones y Meta acepta <limit>. Hay que quitar algunos.",
        pt: "O cartão tem <count> botões e a Meta aceita <limit>. É preciso tirar alguns.",
    };
    PRODUCT_CARD_BUTTONS = "card.product-buttons", Refused, of "each product card", from PRODUCT_CARDS {
        en: "A card of a product has one button, and this one has <count>. Keep one.",
        es: "Una tarjeta de producto tiene un solo botón y esta tiene <count>. Hay que dejar uno.",
        pt: "Um cartão de produto tem um só botão e este tem <count>. É preciso deixar um.",
    };
    CARD_BUTTON_KIND = "card.button-kind", Refused, of "each card's buttons", from MEDIA_CARDS {
        en: "A card cannot have a <kind> button. Use <kinds>.",
        es: "Una tarjeta no puede tener un botón <kind>. Hay que usar <kinds>.",
        pt: "Um cartão não pode ter um botão <kind>. É preciso usar <kinds>.",
    };
    PRODUCT_CATEGORY = "product.category", Refused, of "product buttons and the category", from MULTI_PRODUCT {
        en: "A template with products (<kind>) is only possible in MARKETING. Change the category.",
        es: "Una plantilla con productos (<kind>) solo es posible en MARKETING. Hay que cambiar la categoría.",
        pt: "Um modelo com produtos (<kind>) só é possível em MARKETING. É preciso mudar a categoria.",
    } mends {
        en: "Make it MARKETING", es: "Ponerla en MARKETING", pt: "Mudar para MARKETING",
    };
    SINGLE_PRODUCT_HEADER = "single-product.header", Refused, of "the header beside a product button", from SINGLE_PRODUCT {
        en: "A template with an SPM button shows the product above: it needs a header of format PRODUCT.",
        es: "Una plantilla con un botón SPM muestra el producto arriba: necesita un encabezado de formato PRODUCT.",
        pt: "Um modelo com um botão SPM mostra o produto acima: precisa de um cabeçalho de formato PRODUCT.",
    };
    SINGLE_PRODUCT_BODY = "single-product.body-too-long", Refused, of "the body beside a product button", from SINGLE_PRODUCT, code 2_388_040 {
        en: "The body has <count> characters, and beside a product Meta takes <limit>. Shorten it by <over>.",
        es: "El cuerpo tiene <count> caracteres y con un producto Meta acepta <limit>. Sobran <over>.",
        pt: "O corpo tem <count> caracteres e com um produto a Meta aceita <limit>. Sobram <over>.",
    };
    MULTI_PRODUCT_HEADER = "multi-product.header", Refused, of "the header beside a button of products", from MULTI_PRODUCT {
        en: "A template with an MPM button needs a header. Add one of format TEXT.",
        es: "Una plantilla con un botón MPM necesita un encabezado. Hay que agregar uno de formato TEXT.",
        pt: "Um modelo com um botão MPM precisa de um cabeçalho. É preciso adicionar um de formato TEXT.",
    };
}
