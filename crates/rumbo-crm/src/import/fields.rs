//! The fields that a file can fill, and the words by which their columns are known.

use rumbo_platform::table_file::{Table, fold};

use super::{ImportKind, Mapping};

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Words.
    Text,
    /// An identifier, kept digit by digit.
    Id,
    Amount,
    /// A whole number.
    Count,
    /// A day.
    Date,
    /// A day, or a day and a time.
    Instant,
}

/// A field that a file can fill.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name used in mappings.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldType,
    /// No row can be imported without it. (Every row also has to name its person: by
    /// `customer_id`, `phone` or `email`.)
    pub required: bool,
    /// Folded headers in English, Spanish and Portuguese that suggest it, between bars.
    headers: &'static str,
}

const fn field(
    name: &'static str,
    kind: FieldType,
    required: bool,
    headers: &'static str,
) -> Field {
    Field {
        name,
        kind,
        required,
        headers,
    }
}

use FieldType::{Amount, Count, Date, Id, Instant, Text};

/// Who it is about: in every kind of file.
const PERSON: &[Field] = &[
    field("rumbo_contact_id", Id, false, "rumbo contact id"),
    field(
        "customer_id",
        Id,
        false,
        "customer id | client id | contact id | lead id | user id | customer number | \
         id cliente | id del cliente | id de cliente | cliente id | numero de cliente | \
         codigo de cliente | id contacto | id do cliente | codigo do cliente | id contato | \
         id do contato",
    ),
    field(
        "phone",
        Text,
        false,
        "phone | phone number | mobile | mobile phone | cell phone | whatsapp | telefono | \
         numero de telefono | telefono movil | movil | celular | telefone | \
         numero de telefone | fone",
    ),
    field(
        "email",
        Text,
        false,
        "email | e mail | mail | email address | correo | correo electronico | \
         endereco de email",
    ),
];

/// Where the person came from: in every kind of file.
const ORIGIN: &[Field] = &[
    field(
        "source",
        Text,
        false,
        "source | lead source | acquisition source | channel | utm source | origen | \
         fuente | canal | origem | fonte",
    ),
    field(
        "campaign_id",
        Id,
        false,
        "campaign id | meta campaign id | id de campana | id de la campana | \
         identificador de la campana | id da campanha | identificacao da campanha | \
         utm id",
    ),
    field(
        "ad_set_id",
        Id,
        false,
        "ad set id | adset id | identificador del conjunto de anuncios | \
         id del conjunto de anuncios | identificacao do conjunto de anuncios | \
         id do conjunto de anuncios",
    ),
    field(
        "ad_id",
        Id,
        false,
        "ad id | meta ad id | identificador del anuncio | id del anuncio | \
         identificacao do anuncio | id do anuncio",
    ),
    field(
        "click_id",
        Text,
        false,
        "click id | fbclid | fbc | ctwa clid",
    ),
    field(
        "lead_date",
        Instant,
        false,
        "lead date | lead created | fecha del lead | fecha de contacto | data do lead | \
         data do contato",
    ),
];

const CONTACT: &[Field] = &[
    field(
        "name",
        Text,
        false,
        "name | full name | contact | contact name | customer | customer name | client | \
         client name | nombre | nombre completo | nombre y apellido | cliente | contacto | \
         nome | nome completo | nome do cliente | contato",
    ),
    field(
        "first_name",
        Text,
        false,
        "first name | primer nombre | primeiro nome",
    ),
    field(
        "last_name",
        Text,
        false,
        "last name | surname | apellido | apellidos | sobrenome",
    ),
    field(
        "status",
        Text,
        false,
        "status | estado | situacao | lead status",
    ),
    field("country", Text, false, "country | country code | pais"),
    field(
        "region",
        Text,
        false,
        "region | state | province | provincia | uf | regiao",
    ),
    field(
        "city",
        Text,
        false,
        "city | town | ciudad | localidad | cidade | municipio",
    ),
    field("language", Text, false, "language | idioma"),
    field("kind", Text, false, "contact kind | kind"),
    field(
        "timezone",
        Text,
        false,
        "time zone | timezone | zona horaria | fuso horario",
    ),
    field(
        "preferred_channel",
        Text,
        false,
        "preferred channel | canal preferido",
    ),
    field(
        "birth_year",
        Count,
        false,
        "birth year | year of birth | ano de nacimiento | ano de nascimento",
    ),
    field(
        "birth_date",
        Date,
        false,
        "birth date | date of birth | birthday | fecha de nacimiento | nacimiento | \
         data de nascimento | nascimento",
    ),
    field(
        "tags",
        Text,
        false,
        "tags | labels | etiquetas | marcadores",
    ),
    field(
        "notes",
        Text,
        false,
        "notes | comments | notas | comentarios | observaciones | observacoes",
    ),
    field(
        "created_date",
        Instant,
        false,
        "date | created | created at | created time | creation date | fecha | \
         fecha de creacion | fecha de alta | data | data de criacao | data de cadastro",
    ),
];

const OPPORTUNITY: &[Field] = &[
    field("rumbo_id", Id, false, "rumbo id"),
    field(
        "customer_name",
        Text,
        false,
        "customer | customer name | client | client name | contact | contact name | \
         cliente | nombre del cliente | contacto | nome do cliente | contato",
    ),
    field(
        "external_id",
        Id,
        false,
        "opportunity id | deal id | id | id oportunidad | id de la oportunidad | \
         id oportunidade | id da oportunidade | id do negocio",
    ),
    field(
        "name",
        Text,
        false,
        "name | opportunity | opportunity name | deal | deal name | title | nombre | \
         oportunidad | titulo | nome | oportunidade | negocio",
    ),
    field(
        "value",
        Amount,
        false,
        "value | amount | deal value | valor | importe | monto | valor do negocio | \
         valor estimado",
    ),
    field(
        "currency",
        Text,
        false,
        "currency | moneda | divisa | moeda",
    ),
    field(
        "stage",
        Text,
        false,
        "stage | pipeline stage | deal stage | etapa | fase | status | estado",
    ),
    field(
        "date",
        Instant,
        true,
        "date | created | created at | opened | opened at | creation date | fecha | \
         fecha de creacion | fecha de apertura | data | data de criacao | \
         data de abertura",
    ),
    field(
        "closed_date",
        Instant,
        false,
        "closed | closed at | close date | fecha de cierre | data de fechamento",
    ),
    field(
        "expected_close",
        Date,
        false,
        "expected close | expected close date | cierre previsto | \
         fecha de cierre prevista | fechamento previsto | previsao de fechamento",
    ),
    field(
        "deadline",
        Instant,
        false,
        "deadline | due date | vencimiento | fecha limite | prazo | vencimento",
    ),
    field(
        "lost_reason",
        Text,
        false,
        "lost reason | motivo de perdida | motivo da perda",
    ),
];

const SALE: &[Field] = &[
    field("rumbo_id", Id, false, "rumbo id"),
    field(
        "customer_name",
        Text,
        false,
        "customer | customer name | client | client name | contact | contact name | name | \
         cliente | nombre | nombre del cliente | nome | nome do cliente",
    ),
    field(
        "external_id",
        Id,
        false,
        "sale id | order id | transaction id | id | id venta | id de venta | \
         id de la venta | id pedido | id del pedido | id da venda | id do pedido | \
         id da transacao | id transaccion",
    ),
    field(
        "reference",
        Id,
        false,
        "reference | invoice | invoice number | order | order number | receipt | \
         referencia | factura | numero de factura | pedido | numero de pedido | fatura | \
         nota fiscal | numero do pedido",
    ),
    field(
        "date",
        Instant,
        true,
        "date | day | sale date | order date | sold at | created at | fecha | \
         fecha de venta | fecha de la venta | fecha del pedido | dia | data | \
         data da venda | data do pedido",
    ),
    field(
        "completed_date",
        Instant,
        false,
        "completed at | completed | paid at | payment date | fecha de pago | \
         data de pagamento | data do pagamento | pago em",
    ),
    field(
        "amount",
        Amount,
        true,
        "amount | total | total amount | sale amount | value | price | revenue | gross | \
         dollars | importe | importe total | monto | precio | valor | valor total | \
         valor da venda | preco | receita | ingresos",
    ),
    field(
        "currency",
        Text,
        false,
        "currency | moneda | divisa | moeda",
    ),
    field(
        "status",
        Text,
        false,
        "status | payment status | estado | estado del pago | situacao",
    ),
    field(
        "quantity",
        Count,
        false,
        "quantity | qty | units | items | cantidad | unidades | quantidade",
    ),
    field(
        "cost",
        Amount,
        false,
        "cost | cost of goods | cogs | costo | coste | custo",
    ),
    field(
        "refunded",
        Amount,
        false,
        "refunded | refund | refunded amount | reembolso | reembolsado | devuelto | \
         devolucion | devolvido | estorno",
    ),
    field(
        "refund_date",
        Instant,
        false,
        "refund date | refunded at | fecha de reembolso | fecha de devolucion | \
         data do reembolso | data do estorno",
    ),
    field(
        "opportunity_id",
        Id,
        false,
        "opportunity id | deal id | id oportunidad | id da oportunidade",
    ),
    field("rumbo_opportunity_id", Id, false, "rumbo opportunity id"),
];

/// As the exports of Google Ads, TikTok Ads and invoices name them.
const SPEND: &[Field] = &[
    field("rumbo_id", Id, false, "rumbo id"),
    field(
        "day",
        Date,
        true,
        "day | date | spend date | invoice date | dia | fecha | fecha de la factura | data | \
         data da fatura",
    ),
    field(
        "platform",
        Text,
        true,
        "platform | channel | source | medium | ad platform | network | plataforma | canal | \
         fuente | origen | medio | origem | fonte | meio | rede",
    ),
    field(
        "campaign",
        Text,
        false,
        "campaign | campaign name | campana | nombre de la campana | campanha | nome da campanha",
    ),
    field(
        "amount",
        Amount,
        true,
        "amount | cost | spend | spent | amount spent | total cost | total | net amount | \
         coste | costo | gasto | gastado | importe | importe gastado | monto | inversion | \
         coste total | costo total | custo | gasto total | valor | valor gasto | valor usado | \
         investimento | custo total",
    ),
    field(
        "currency",
        Text,
        false,
        "currency | currency code | moneda | divisa | codigo de moneda | moeda | codigo da moeda",
    ),
    field(
        "note",
        Text,
        false,
        "note | notes | comment | description | memo | nota | notas | comentario | \
         descripcion | concepto | observaciones | descricao | observacoes",
    ),
    field(
        "external_id",
        Id,
        false,
        "id | transaction id | invoice | invoice number | invoice id | id de transaccion | \
         id transaccion | factura | numero de factura | id da transacao | fatura | \
         numero da fatura | nota fiscal",
    ),
];

/// The fields of a kind of file.
pub fn fields(kind: ImportKind) -> impl Iterator<Item = &'static Field> {
    let none: &[Field] = &[];
    let (who, own, from_where) = match kind {
        ImportKind::Contacts => (PERSON, CONTACT, ORIGIN),
        ImportKind::Opportunities => (PERSON, OPPORTUNITY, ORIGIN),
        ImportKind::Sales => (PERSON, SALE, ORIGIN),
        ImportKind::Spend => (none, SPEND, none),
    };
    who.iter().chain(own).chain(from_where)
}

/// A mapping from the names of the columns. What is not recognised stays unmapped.
pub fn suggest(kind: ImportKind, table: &Table) -> Mapping {
    let mut mapping = Mapping {
        header: Some(table.header.is_some()),
        ..Mapping::default()
    };
    let Some(header) = &table.header else {
        return mapping;
    };
    for name in header {
        // The contact's own fields, as exports name them.
        if kind == ImportKind::Contacts && name.len() > 7 && name.starts_with("custom.") {
            mapping.columns.insert(name.clone(), name.clone());
            continue;
        }
        let (plain, bracket) = bare(name);
        let wanted = fields(kind).find(|field| {
            !mapping.columns.contains_key(field.name)
                && (field.headers.split('|').any(|known| known.trim() == plain)
                    || plain.replace(' ', "_") == field.name)
        });
        if let Some(field) = wanted {
            mapping.columns.insert(field.name.to_owned(), name.clone());
            // "Valor (BRL)" names its currency.
            if field.kind == Amount
                && mapping.currency.is_none()
                && bracket.len() == 3
                && bracket.bytes().all(|b| b.is_ascii_uppercase())
            {
                mapping.currency = Some(bracket);
            }
        }
    }
    if mapping.columns.contains_key("currency") {
        mapping.currency = None;
    }
    mapping
}

/// The folded words of a header, and what stands in brackets after them.
fn bare(name: &str) -> (String, String) {
    let (words, bracket) = match name.split_once('(') {
        Some((words, rest)) => (words, rest.split(')').next().unwrap_or_default().trim()),
        None => (name, ""),
    };
    let plain: String = fold(words)
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    (
        plain.split_whitespace().collect::<Vec<_>>().join(" "),
        bracket.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use rumbo_platform::table_file::{ReadOptions, read_bytes};

    use super::*;

    fn suggested(kind: ImportKind, header: &str) -> Vec<(String, String)> {
        let options = ReadOptions {
            has_header: Some(true),
            ..ReadOptions::default()
        };
        let table = read_bytes(header.as_bytes(), &options).unwrap();
        suggest(kind, &table).columns.into_iter().collect()
    }

    #[test]
    fn headers_in_three_languages_suggest_the_same_fields() {
        for (kind, fields, headers) in [
            (
                ImportKind::Sales,
                "amount,campaign_id,customer_id,customer_name,date,email,phone,quantity,reference,status",
                [
                    "Total,Campaign ID,Customer ID,Customer,Order date,E-mail,Phone,Qty,Invoice,Status",
                    "Importe,Identificador de la campaña,ID cliente,Cliente,Fecha,Correo electrónico,Teléfono,Cantidad,Factura,Estado",
                    "Valor (BRL),Identificação da campanha,Código do cliente,Cliente,Data,e-mail,Telefone,Quantidade,Nota fiscal,Situação",
                ],
            ),
            (
                ImportKind::Contacts,
                "birth_date,city,created_date,email,name,phone,source,tags",
                [
                    "Date of birth,City,Created at,Email,Full name,WhatsApp,Lead source,Tags",
                    "Fecha de nacimiento,Ciudad,Fecha de alta,Correo,Nombre,Celular,Origen,Etiquetas",
                    "Data de nascimento,Cidade,Data de cadastro,E-mail,Nome completo,Celular,Origem,Marcadores",
                ],
            ),
            (
                ImportKind::Opportunities,
                "customer_name,date,external_id,expected_close,name,stage,value",
                [
                    "Contact,Created,Deal ID,Expected close date,Deal name,Stage,Deal value",
                    "Contacto,Fecha de creación,ID oportunidad,Cierre previsto,Oportunidad,Etapa,Monto",
                    "Contato,Data de criação,ID da oportunidade,Previsão de fechamento,Oportunidade,Fase,Valor",
                ],
            ),
            (
                ImportKind::Spend,
                "amount,campaign,currency,day,external_id,note,platform",
                [
                    "Day,Channel,Campaign,Cost,Currency code,Invoice,Description",
                    "Día,Canal,Campaña,Coste,Código de moneda,Factura,Concepto",
                    "Dia,Canal,Campanha,Custo,Código da moeda,Fatura,Descrição",
                ],
            ),
        ] {
            for header in headers {
                let mut found: Vec<String> = suggested(kind, header)
                    .into_iter()
                    .map(|(field, _)| field)
                    .collect();
                found.sort();
                let mut wanted: Vec<&str> = fields.split(',').collect();
                wanted.sort_unstable();
                assert_eq!(found, wanted, "{header}");
            }
        }
    }

    #[test]
    fn no_two_fields_claim_one_header_alone() {
        // The first field of the list takes a header that two know, so the second needs others.
        for kind in [
            ImportKind::Contacts,
            ImportKind::Opportunities,
            ImportKind::Sales,
            ImportKind::Spend,
        ] {
            for field in fields(kind) {
                let own = field.headers.split('|').map(str::trim).filter(|header| {
                    fields(kind)
                        .find(|f| f.headers.split('|').any(|known| known.trim() == *header))
                        .is_some_and(|first| first.name == field.name)
                });
                assert!(own.count() > 0, "{kind} {}", field.name);
            }
        }
    }
}
