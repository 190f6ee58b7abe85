//! Made-up people: names, phones and answers.

use crate::dice::Dice;

const SPANISH: &[&str] = &[
    "Camila",
    "Martín",
    "Sofía",
    "Julián",
    "Valentina",
    "Agustín",
    "Lucía",
    "Nicolás",
    "Florencia",
    "Tomás",
    "Micaela",
    "Federico",
    "Rocío",
    "Ezequiel",
    "Carolina",
    "Gonzalo",
];
const SPANISH_LAST: &[&str] = &[
    "González",
    "Fernández",
    "Rodríguez",
    "López",
    "Martínez",
    "Pérez",
    "Gómez",
    "Díaz",
    "Sosa",
    "Romero",
    "Álvarez",
    "Torres",
    "Ruiz",
    "Benítez",
    "Acosta",
    "Medina",
];
const PORTUGUESE: &[&str] = &[
    "Camila", "Bruno", "Larissa", "Rafael", "Aline", "Thiago", "Priscila", "Gustavo", "Juliana",
    "Felipe", "Beatriz", "Rodrigo", "Mariana", "Leandro",
];
const PORTUGUESE_LAST: &[&str] = &[
    "Rocha", "Teixeira", "Prado", "Menezes", "Duarte", "Barros", "Nunes", "Silva", "Souza",
    "Oliveira", "Almeida", "Ferreira", "Carvalho",
];
const ENGLISH: &[&str] = &[
    "Ashley", "Michael", "Jessica", "Carlos", "Emily", "David", "Sarah", "Daniel", "Maria",
    "Brandon", "Nicole", "Kevin",
];
const ENGLISH_LAST: &[&str] = &[
    "Johnson", "Smith", "Ramirez", "Williams", "Brown", "Garcia", "Miller", "Davis", "Martinez",
    "Anderson", "Thomas",
];

/// The answers of one person to a form's questions.
pub(super) fn answers(
    questions: &[(&'static str, &'static str, &'static str)],
    country: &str,
    dice: Dice,
) -> Vec<(String, Vec<String>)> {
    // Some people fill in two forms: there are fewer people than leads.
    let person = dice.with_text(country).with(dice.below(9_000));
    let (first, last) = match country {
        "BR" => (
            person.with(1).pick(PORTUGUESE),
            person.with(2).pick(PORTUGUESE_LAST),
        ),
        "US" => (
            person.with(1).pick(ENGLISH),
            person.with(2).pick(ENGLISH_LAST),
        ),
        _ => (
            person.with(1).pick(SPANISH),
            person.with(2).pick(SPANISH_LAST),
        ),
    };
    let number = person.with(3).below(10_000_000);
    let phone = match country {
        "BR" => format!("+55119{:08}", 70_000_000 + number),
        "US" => format!("+1305{:07}", 2_000_000 + number % 7_999_999),
        "CL" => format!("+569{:08}", 50_000_000 + number),
        "ES" => format!("+346{:08}", 10_000_000 + number),
        "CO" => format!("+57310{number:07}"),
        "JP" => format!("+8190{:08}", 10_000_000 + number),
        _ => format!("+54911{:08}", 30_000_000 + number),
    };
    let plain = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .map(|letter| match letter {
                'á' | 'ã' => 'a',
                'é' => 'e',
                'í' => 'i',
                'ó' => 'o',
                'ú' => 'u',
                'ñ' => 'n',
                other => other,
            })
            .collect()
    };
    let email = format!(
        "{}.{}{}@example.com",
        plain(first),
        plain(last),
        person.with(4).below(100)
    );
    questions
        .iter()
        .map(|(key, kind, _)| {
            let answer = match *kind {
                "FULL_NAME" => format!("{first} {last}"),
                "PHONE" => phone.clone(),
                "EMAIL" => email.clone(),
                _ => custom(country, dice.with(9)),
            };
            ((*key).to_owned(), vec![answer])
        })
        .collect()
}

fn custom(country: &str, dice: Dice) -> String {
    match country {
        "BR" => dice.pick(&["Linho", "Veludo", "Couro", "Ainda não sei"]),
        "US" => dice.pick(&["This month", "Before Christmas", "Just looking"]),
        _ => dice.pick(&[
            "2 cuerpos",
            "3 cuerpos",
            "Esquinero",
            "1,80 m",
            "No sé todavía",
        ]),
    }
    .to_owned()
}
