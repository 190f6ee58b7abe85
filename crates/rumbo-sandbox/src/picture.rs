//! Creatives and their pictures.

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::graph::Context;
use crate::world::{Kind, World};

pub(crate) fn creative_field(context: &Context<'_>, at: usize, field: &str) -> Option<Value> {
    let world = context.world;
    let ad = world.ads.get(at)?;
    let account = world.accounts.get(ad.account)?;
    let campaign = world.campaigns.get(ad.campaign)?;
    let page = account
        .page
        .and_then(|page| world.pages.get(page))
        .map(|page| page.id);
    let dice = world.dice.with(world.look(ad.creative));
    let hash = format!("{:016x}{:016x}", dice.with(1).bits(), dice.with(2).bits());
    let link = "https://casaalba.example/catalogo";
    let call_to_action = match campaign.kind {
        Kind::Form => "GET_QUOTE",
        Kind::WhatsApp => "WHATSAPP_MESSAGE",
        Kind::Sales => "SHOP_NOW",
        Kind::Traffic => "LEARN_MORE",
    };
    let picture = |size: u32| format!("{}/images/{}_{size}.svg", context.app.origin, ad.creative);
    Some(match field {
        "id" => ad.creative.to_string().into(),
        "account_id" => account.id.to_string().into(),
        "name" => format!("{} {}", ad.headline, &hash.get(..8).unwrap_or_default()).into(),
        "status" => "ACTIVE".into(),
        "title" => ad.headline.clone().into(),
        "body" => ad.body.clone().into(),
        "object_type" => "SHARE".into(),
        "call_to_action_type" => call_to_action.into(),
        "image_hash" => hash.into(),
        "image_url" => picture(1080).into(),
        "thumbnail_url" => picture(64).into(),
        "link_url" if campaign.kind != Kind::WhatsApp => link.into(),
        "degrees_of_freedom_spec" => json!({ "creative_features_spec": {
            "image_touchups": { "enroll_status": "OPT_OUT" },
            "inline_comment": { "enroll_status": "OPT_OUT" },
            "text_optimizations": { "enroll_status": "OPT_OUT" },
        } }),
        "contextual_multi_ads" => json!({ "enroll_status": "OPT_OUT" }),
        "url_tags" => "utm_source=meta&utm_campaign={{campaign.name}}".into(),
        "actor_id" => page?.to_string().into(),
        "effective_object_story_id" | "object_story_id" => format!(
            "{}_{}",
            page?,
            700_000_000_000_000 + dice.with(3).below(99_999_999_999)
        )
        .into(),
        "instagram_permalink_url" => {
            format!("https://www.instagram.com/p/{}/", dice.with(4).text(11)).into()
        }
        "object_story_spec" => json!({
            "page_id": page?.to_string(),
            "link_data": {
                "link": link,
                "message": ad.body,
                "name": ad.headline,
                "image_hash": hash,
                "call_to_action": { "type": call_to_action, "value": { "link": link } },
            },
        }),
        _ => return None,
    })
}

/// A drawn picture for a creative: a piece of furniture on a coloured wall.
pub(crate) fn svg(world: &World, creative: u64, size: u64) -> String {
    let dice = world.dice.with(world.look(creative));
    let hue = dice.with(5).below(360);
    let (wall, floor, piece) = (hue, (hue + 24) % 360, (hue + 190) % 360);
    let shape = shape(dice.with(6));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\" width=\"{size}\" height=\"{size}\">\
         <rect width=\"100\" height=\"100\" fill=\"hsl({wall} 38% 84%)\"/>\
         <rect y=\"68\" width=\"100\" height=\"32\" fill=\"hsl({floor} 30% 66%)\"/>\
         <g fill=\"hsl({piece} 34% 42%)\">{shape}</g></svg>"
    )
}

fn shape(dice: Dice) -> &'static str {
    const SOFA: &str = "<rect x=\"16\" y=\"42\" width=\"68\" height=\"22\" rx=\"6\"/><rect x=\"12\" y=\"54\" width=\"76\" height=\"18\" rx=\"6\"/><rect x=\"18\" y=\"72\" width=\"4\" height=\"8\"/><rect x=\"78\" y=\"72\" width=\"4\" height=\"8\"/>";
    const TABLE: &str = "<rect x=\"14\" y=\"50\" width=\"72\" height=\"7\" rx=\"2\"/><rect x=\"20\" y=\"57\" width=\"5\" height=\"25\"/><rect x=\"75\" y=\"57\" width=\"5\" height=\"25\"/>";
    const ARMCHAIR: &str = "<rect x=\"30\" y=\"32\" width=\"40\" height=\"34\" rx=\"9\"/><rect x=\"24\" y=\"52\" width=\"52\" height=\"20\" rx=\"7\"/><rect x=\"32\" y=\"72\" width=\"4\" height=\"10\"/><rect x=\"64\" y=\"72\" width=\"4\" height=\"10\"/>";
    const LAMP: &str = "<path d=\"M38 22h24l8 22H30z\"/><rect x=\"48\" y=\"44\" width=\"4\" height=\"34\"/><rect x=\"38\" y=\"78\" width=\"24\" height=\"4\" rx=\"2\"/>";
    dice.pick(&[SOFA, TABLE, ARMCHAIR, LAMP])
}
