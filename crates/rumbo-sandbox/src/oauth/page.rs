//! The pages a person sees while signing in.

/// Text made safe inside HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;background:#f0f2f5;color:#1c1e21;margin:0}\
main{max-width:440px;margin:8vh auto;background:#fff;border-radius:12px;padding:28px 32px;\
box-shadow:0 1px 3px rgba(0,0,0,.16)}h1{font-size:20px;line-height:1.3;margin:0 0 6px}\
p{margin:0 0 16px;color:#4b4f56}label{display:flex;gap:10px;padding:7px 0;border-top:1px solid #eceef1}\
label code{font-size:13px}.row{display:flex;gap:10px;margin-top:22px}\
button{flex:1;font:inherit;font-weight:600;padding:10px;border:0;border-radius:8px;cursor:pointer;\
background:#e4e6eb;color:#1c1e21}button.primary{background:#0866ff;color:#fff}\
button:focus-visible,input:focus-visible{outline:3px solid #8ab4ff}\
small{display:block;margin-top:18px;color:#65676b}";

/// A whole page.
pub(super) fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{body}\
         <small>Rumbo sandbox: this is not Meta, and no real account is used.</small></main></body></html>",
        title = escape(title)
    )
}

/// The page Meta shows instead of the dialog when the address of the dialog is wrong.
pub(super) fn refusal(title: &str, text: &str) -> String {
    document(
        title,
        &format!("<h1>{}</h1><p>{}</p>", escape(title), escape(text)),
    )
}

/// The dialog: hidden fields carry the request, check boxes the permissions.
pub(super) fn dialog(person: &str, hidden: &[(String, String)], offered: &[String]) -> String {
    let hidden: Vec<String> = hidden
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            )
        })
        .collect();
    let boxes: Vec<String> = offered
        .iter()
        .map(|scope| {
            let fixed = if scope == "public_profile" {
                " disabled"
            } else {
                ""
            };
            format!(
                "<label><input type=\"checkbox\" name=\"granted\" value=\"{0}\" checked{fixed}>\
                 <code>{0}</code></label>",
                escape(scope)
            )
        })
        .collect();
    document(
        "Continue to Rumbo",
        &format!(
            "<h1>Continue to Rumbo as {}?</h1>\
             <p>Rumbo asks for these permissions. Take away the ones you do not want to give.</p>\
             <form method=\"post\">{}{}<div class=\"row\">\
             <button name=\"decision\" value=\"cancel\">Cancel</button>\
             <button class=\"primary\" name=\"decision\" value=\"approve\">Continue</button>\
             </div></form>",
            escape(person),
            hidden.concat(),
            boxes.concat(),
        ),
    )
}

/// What `login_success.html` shows.
pub(crate) fn login_success() -> String {
    document("Success", "<p>Success</p>")
}
