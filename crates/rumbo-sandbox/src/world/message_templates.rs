//! WhatsApp message templates: the one place they are held in. Listing, creating, reviewing and
//! sending all work on these.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// One template in one language.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MessageTemplate {
    pub id: u64,
    /// Meta's id of the WhatsApp Business account it belongs to.
    pub waba: u64,
    pub name: String,
    /// Meta's code with an underscore: `pt_BR`.
    pub language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    pub previous_category: Option<String>,
    /// Meta's word: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, …
    pub status: String,
    /// `NONE` unless it was rejected.
    pub rejected_reason: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality: String,
    /// Its variables have names instead of numbers.
    pub named: bool,
    /// As Meta gives them back: a list of components.
    pub components: Value,
    pub created: DateTime<Utc>,
    /// When it was edited, oldest first: Meta limits edits of approved templates.
    pub edits: Vec<DateTime<Utc>>,
}

impl MessageTemplate {
    /// The component of a type (`BODY`, `HEADER`, …), however its type is written.
    pub(crate) fn component(&self, kind: &str) -> Option<&Value> {
        self.components.as_array()?.iter().find(|component| {
            component
                .get("type")
                .and_then(Value::as_str)
                .is_some_and(|found| found.eq_ignore_ascii_case(kind))
        })
    }

    /// The buttons, in their order.
    pub(crate) fn buttons(&self) -> &[Value] {
        self.component("BUTTONS")
            .and_then(|component| component.get("buttons"))
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }
}

/// The names (or numbers) of the variables of a text, each once, in their order.
pub(crate) fn variables(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        let name = name.trim().to_owned();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
        rest = behind;
    }
    found
}

/// Every template there is, of all accounts.
#[derive(Debug, Default)]
pub(crate) struct MessageTemplates {
    list: Vec<MessageTemplate>,
    next: u64,
}

impl MessageTemplates {
    /// Those of one WhatsApp Business account, in the order in which they were made.
    pub(crate) fn of(&self, waba: u64) -> impl Iterator<Item = &MessageTemplate> {
        self.list.iter().filter(move |it| it.waba == waba)
    }

    /// The one with this id.
    pub(crate) fn by_id(&self, id: u64) -> Option<&MessageTemplate> {
        self.list.iter().find(|it| it.id == id)
    }

    pub(crate) fn by_id_mut(&mut self, id: u64) -> Option<&mut MessageTemplate> {
        self.list.iter_mut().find(|it| it.id == id)
    }

    /// The one of an account with this name and language.
    pub(crate) fn named(&self, waba: u64, name: &str, language: &str) -> Option<&MessageTemplate> {
        self.of(waba)
            .find(|it| it.name == name && it.language == language)
    }

    /// Adds one under a new id, which is given back.
    pub(crate) fn add(&mut self, template: MessageTemplate) -> u64 {
        self.next += 1;
        let id = 1_604_000_000_000_000 + self.next * 37;
        self.list.push(MessageTemplate { id, ..template });
        id
    }

    /// Puts one in place of the one of the same account, name and language, or beside the others,
    /// under the id that it has.
    pub(crate) fn put(&mut self, template: MessageTemplate) {
        self.remove(|it| {
            it.waba == template.waba && it.name == template.name && it.language == template.language
        });
        // What is made next gets an id that nothing has.
        self.next = self
            .next
            .max(template.id.saturating_sub(1_604_000_000_000_000) / 37);
        self.list.push(template);
    }

    /// Takes away those that fit.
    pub(crate) fn remove(&mut self, fits: impl Fn(&MessageTemplate) -> bool) {
        self.list.retain(|it| !fits(it));
    }

    /// What an account has from the start: every state, three languages, and the shapes that are
    /// sent differently (named variables, a picture, addresses, a coupon).
    pub(crate) fn seed(&mut self, waba: u64, anchor: DateTime<Utc>) {
        for (at, plan) in PLANS.iter().enumerate() {
            let days = i64::try_from(at).unwrap_or(0) * 9 + 20;
            self.add(MessageTemplate {
                id: 0,
                waba,
                name: plan.name.to_owned(),
                language: plan.language.to_owned(),
                category: plan.category.to_owned(),
                previous_category: None,
                status: plan.status.to_owned(),
                rejected_reason: if plan.status == "REJECTED" {
                    "TAG_CONTENT_MISMATCH"
                } else {
                    "NONE"
                }
                .to_owned(),
                quality: plan.quality.to_owned(),
                named: plan.named,
                components: components(plan),
                created: anchor - TimeDelta::days(days),
                edits: Vec::new(),
            });
        }
    }
}

/// One seeded template. Examples stand in the order of the variables.
struct Plan {
    name: &'static str,
    language: &'static str,
    category: &'static str,
    status: &'static str,
    quality: &'static str,
    named: bool,
    /// A heading of text, or `IMAGE` for a picture.
    header: &'static str,
    body: &'static str,
    examples: &'static [&'static str],
    footer: &'static str,
    buttons: &'static [Button],
}

enum Button {
    Reply(&'static str),
    /// Text, address (its variable at the end, if it has one), example of the whole address.
    Url(&'static str, &'static str, &'static str),
    Coupon(&'static str),
}

const PLANS: &[Plan] = &[
    Plan {
        name: "lead_followup",
        language: "es",
        category: "MARKETING",
        status: "APPROVED",
        quality: "GREEN",
        named: false,
        header: "",
        body: "Hola {{1}}, gracias por tu interés en {{2}}. ¿Te ayudamos a elegir?",
        examples: &["Ana", "la mesa Alba"],
        footer: "Responde BAJA para no recibir más",
        buttons: &[Button::Reply("Sí, por favor"), Button::Reply("No, gracias")],
    },
    Plan {
        name: "lead_followup",
        language: "en_US",
        category: "MARKETING",
        status: "APPROVED",
        quality: "GREEN",
        named: false,
        header: "",
        body: "Hi {{1}}, thank you for your interest in {{2}}. Can we help you choose?",
        examples: &["Ana", "the Alba table"],
        footer: "Reply STOP to opt out",
        buttons: &[Button::Reply("Yes, please"), Button::Reply("No, thanks")],
    },
    Plan {
        name: "lead_followup",
        language: "pt_BR",
        category: "MARKETING",
        status: "APPROVED",
        quality: "YELLOW",
        named: false,
        header: "",
        body: "Olá {{1}}, obrigado pelo interesse em {{2}}. Podemos ajudar a escolher?",
        examples: &["Ana", "a mesa Alba"],
        footer: "Responda SAIR para não receber mais",
        buttons: &[
            Button::Reply("Sim, por favor"),
            Button::Reply("Não, obrigado"),
        ],
    },
    Plan {
        name: "opportunity_reminder",
        language: "es",
        category: "UTILITY",
        status: "APPROVED",
        quality: "GREEN",
        named: true,
        header: "Presupuesto {{quote}}",
        body: "Hola {{first_name}}, tu presupuesto por {{amount}} vence el {{due_date}}. Escríbenos si tienes dudas.",
        examples: &["Ana", "$ 120.000", "30 de noviembre"],
        footer: "",
        buttons: &[],
    },
    Plan {
        name: "opportunity_reminder",
        language: "en_US",
        category: "UTILITY",
        status: "PENDING",
        quality: "UNKNOWN",
        named: true,
        header: "Quote {{quote}}",
        body: "Hi {{first_name}}, your quote for {{amount}} ends on {{due_date}}. Write to us with any question.",
        examples: &["Ana", "$120", "30 November"],
        footer: "",
        buttons: &[],
    },
    Plan {
        name: "post_sale_feedback",
        language: "es",
        category: "UTILITY",
        status: "APPROVED",
        quality: "UNKNOWN",
        named: false,
        header: "",
        body: "Hola {{1}}, ¿cómo fue tu compra del {{2}}? Puedes contestar con un botón.",
        examples: &["Ana", "3 de noviembre"],
        footer: "",
        buttons: &[
            Button::Reply("Muy bien"),
            Button::Reply("Regular"),
            Button::Reply("Mal"),
        ],
    },
    Plan {
        name: "post_sale_feedback",
        language: "pt_BR",
        category: "UTILITY",
        status: "PAUSED",
        quality: "RED",
        named: false,
        header: "",
        body: "Olá {{1}}, como foi sua compra de {{2}}? Você pode responder com um botão.",
        examples: &["Ana", "3 de novembro"],
        footer: "",
        buttons: &[
            Button::Reply("Muito bem"),
            Button::Reply("Regular"),
            Button::Reply("Mal"),
        ],
    },
    Plan {
        name: "abandoned_cart",
        language: "es",
        category: "MARKETING",
        status: "APPROVED",
        quality: "GREEN",
        named: false,
        header: "IMAGE",
        body: "Hola {{1}}, tu carrito te espera: {{2}} sigue disponible.",
        examples: &["Ana", "la lámpara Sol"],
        footer: "Responde BAJA para no recibir más",
        buttons: &[
            Button::Reply("No me interesa"),
            Button::Url(
                "Terminar la compra",
                "https://casaalba.example/carrito?id={{1}}",
                "https://casaalba.example/carrito?id=8c1f",
            ),
        ],
    },
    Plan {
        name: "abandoned_cart",
        language: "en_US",
        category: "MARKETING",
        status: "REJECTED",
        quality: "UNKNOWN",
        named: false,
        header: "",
        body: "Hi {{1}}, your cart is waiting: {{2}} is still available.",
        examples: &["Ana", "the Sol lamp"],
        footer: "",
        buttons: &[],
    },
    Plan {
        name: "spring_sale",
        language: "es",
        category: "MARKETING",
        status: "APPROVED",
        quality: "GREEN",
        named: false,
        header: "Solo hasta el domingo",
        body: "Tenemos un 25 % de descuento para ti, {{1}}. Usa el código en la tienda.",
        examples: &["Ana"],
        footer: "Responde BAJA para no recibir más",
        buttons: &[
            Button::Coupon("SOL25"),
            Button::Url("Ver la tienda", "https://casaalba.example/tienda", ""),
        ],
    },
    Plan {
        name: "winter_sale",
        language: "es",
        category: "MARKETING",
        status: "DISABLED",
        quality: "RED",
        named: false,
        header: "",
        body: "El invierno llegó a Casa Alba. Ven a vernos.",
        examples: &[],
        footer: "",
        buttons: &[],
    },
    Plan {
        name: "hello_world",
        language: "en_US",
        category: "UTILITY",
        status: "APPROVED",
        quality: "UNKNOWN",
        named: false,
        header: "Hello World",
        body: "Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message notification from the Cloud API, hosted by Meta. Thank you for taking the time to test with us.",
        examples: &[],
        footer: "WhatsApp Business Platform sample message",
        buttons: &[],
    },
];

fn components(plan: &Plan) -> Value {
    let mut list = Vec::new();
    match plan.header {
        "" => {}
        "IMAGE" => list.push(json!({
            "type": "HEADER",
            "format": "IMAGE",
            "example": { "header_handle": ["https://scontent.example/v/t61/abandoned_cart.jpg"] },
        })),
        text => {
            let header = json!({ "type": "HEADER", "format": "TEXT", "text": text });
            let example = variables(text).first().map(|name| {
                if plan.named {
                    json!({ "header_text_named_params": [{ "param_name": name, "example": "1042" }] })
                } else {
                    json!({ "header_text": ["1042"] })
                }
            });
            list.push(with_example(header, example));
        }
    }
    let body = json!({ "type": "BODY", "text": plan.body });
    let example = (!plan.examples.is_empty()).then(|| {
        if plan.named {
            let pairs: Vec<Value> = variables(plan.body)
                .iter()
                .zip(plan.examples)
                .map(|(name, example)| json!({ "param_name": name, "example": example }))
                .collect();
            json!({ "body_text_named_params": pairs })
        } else {
            json!({ "body_text": [plan.examples] })
        }
    });
    list.push(with_example(body, example));
    if !plan.footer.is_empty() {
        list.push(json!({ "type": "FOOTER", "text": plan.footer }));
    }
    if !plan.buttons.is_empty() {
        let buttons: Vec<Value> = plan
            .buttons
            .iter()
            .map(|button| match button {
                Button::Reply(text) => json!({ "type": "QUICK_REPLY", "text": text }),
                Button::Url(text, url, "") => json!({ "type": "URL", "text": text, "url": url }),
                Button::Url(text, url, example) => {
                    json!({ "type": "URL", "text": text, "url": url, "example": [example] })
                }
                Button::Coupon(example) => {
                    json!({ "type": "COPY_CODE", "text": "Copy offer code", "example": [example] })
                }
            })
            .collect();
        list.push(json!({ "type": "BUTTONS", "buttons": buttons }));
    }
    list.into()
}

/// A component with its example, where it has one.
fn with_example(mut component: Value, example: Option<Value>) -> Value {
    if let (Some(fields), Some(example)) = (component.as_object_mut(), example) {
        fields.insert("example".to_owned(), example);
    }
    component
}
