//! What the person sees in the browser when Meta sent them back. Fixed texts only: nothing of
//! the request is ever shown.

use rumbo_base::Language;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The code is here. Whether Meta takes it is not known yet, so nothing is said of it.
    Done,
    Denied,
    Mismatch,
    Refused,
    Over,
    NothingHere,
}

impl Shown {
    /// Title and text.
    fn words(self, language: Language) -> (&'static str, &'static str) {
        use Language::{English, Portuguese, Spanish};
        match (self, language) {
            (Self::Done, English) => (
                "Meta's answer has arrived",
                "Rumbo completes the connection now. You can close this page and go back to Rumbo.",
            ),
            (Self::Done, Spanish) => (
                "La respuesta de Meta llegó",
                "Rumbo completa ahora la conexión. Puede cerrar esta página y volver a Rumbo.",
            ),
            (Self::Done, Portuguese) => (
                "A resposta do Meta chegou",
                "O Rumbo conclui agora a conexão. Você pode fechar esta página e voltar ao Rumbo.",
            ),
            (Self::Denied, English) => (
                "Access was not given",
                "Nothing was connected. You can start again from Rumbo at any time.",
            ),
            (Self::Denied, Spanish) => (
                "No se dio acceso",
                "No se conectó nada. Puede empezar de nuevo desde Rumbo cuando quiera.",
            ),
            (Self::Denied, Portuguese) => (
                "O acesso não foi concedido",
                "Nada foi conectado. Você pode recomeçar pelo Rumbo quando quiser.",
            ),
            (Self::Mismatch, English) => (
                "This answer was not used",
                "It does not belong to the sign-in that Rumbo started. For safety it was refused. \
                 Go back to Rumbo and connect again.",
            ),
            (Self::Mismatch, Spanish) => (
                "Esta respuesta no se usó",
                "No pertenece al inicio de sesión que empezó Rumbo. Por seguridad se rechazó. \
                 Vuelva a Rumbo y conecte de nuevo.",
            ),
            (Self::Mismatch, Portuguese) => (
                "Esta resposta não foi usada",
                "Ela não pertence ao login iniciado pelo Rumbo. Por segurança foi recusada. \
                 Volte ao Rumbo e conecte de novo.",
            ),
            (Self::Refused, English) => (
                "Meta did not let the sign-in through",
                "Go back to Rumbo: it says what to check.",
            ),
            (Self::Refused, Spanish) => (
                "Meta no permitió el inicio de sesión",
                "Vuelva a Rumbo: allí se indica qué revisar.",
            ),
            (Self::Refused, Portuguese) => (
                "O Meta não permitiu o login",
                "Volte ao Rumbo: lá está indicado o que verificar.",
            ),
            (Self::Over, English) => (
                "This sign-in is over",
                "It was answered already. You can close this page.",
            ),
            (Self::Over, Spanish) => (
                "Este inicio de sesión terminó",
                "Ya tuvo respuesta. Puede cerrar esta página.",
            ),
            (Self::Over, Portuguese) => (
                "Este login terminou",
                "Ele já teve resposta. Você pode fechar esta página.",
            ),
            (Self::NothingHere, English) => (
                "Nothing to see here",
                "Rumbo waits here for Meta's answer. Go back to the window where you were.",
            ),
            (Self::NothingHere, Spanish) => (
                "Aquí no hay nada que ver",
                "Rumbo espera aquí la respuesta de Meta. Vuelva a la ventana donde estaba.",
            ),
            (Self::NothingHere, Portuguese) => (
                "Não há nada para ver aqui",
                "O Rumbo espera aqui a resposta do Meta. Volte à janela em que estava.",
            ),
        }
    }
}

pub(super) fn html(shown: Shown, language: Language) -> String {
    let (title, text) = shown.words(language);
    let lang = language.code();
    let mark = if shown == Shown::Done { "ok" } else { "no" };
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · Rumbo</title>\
         <style>{STYLE}</style></head><body><main><div class=\"mark {mark}\" \
         aria-hidden=\"true\"></div><h1>{title}</h1><p>{text}</p></main></body></html>"
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark;--b:#f6f7f9;--c:#fff;--t:#16202c;--s:#5a6675;--l:#dfe3e8}\
@media(prefers-color-scheme:dark){:root{--b:#0f141a;--c:#171e26;--t:#e8edf2;--s:#9aa7b5;--l:#2a3440}}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--b);color:var(--t);\
font:16px/1.5 system-ui,sans-serif}\
main{max-width:26rem;margin:1rem;padding:2rem;background:var(--c);border:1px solid var(--l);\
border-radius:12px;text-align:center}\
h1{font-size:1.25rem;margin:1rem 0 .5rem}p{margin:0;color:var(--s)}\
.mark{width:12px;height:12px;border-radius:50%;margin:0 auto;background:#b45309}\
.mark.ok{background:#0f7b5f}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_in_every_language() {
        let all = [
            Shown::Done,
            Shown::Denied,
            Shown::Mismatch,
            Shown::Refused,
            Shown::Over,
            Shown::NothingHere,
        ];
        let mut titles = std::collections::BTreeSet::new();
        for language in [Language::English, Language::Spanish, Language::Portuguese] {
            for shown in all {
                let page = html(shown, language);
                assert!(page.contains(&format!("lang=\"{}\"", language.code())));
                titles.insert(shown.words(language).0);
            }
        }
        assert_eq!(titles.len(), all.len() * 3);
    }
}
