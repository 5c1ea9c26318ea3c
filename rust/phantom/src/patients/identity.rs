//! Invented people. Nobody is called so, lives there or answers there.

use super::template::Blanks;

/// Who a generated patient is said to be.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub family: String,
    pub given: String,
    pub id: String,
    pub other_id: String,
    pub birth: String,
    pub sex: &'static str,
    pub street: String,
    pub city: String,
    pub phone: String,
    pub occupation: &'static str,
}

impl Identity {
    fn new([family, given, id, other_id]: [&str; 4], birth: &str, sex: &'static str, number: u32) -> Self {
        Self {
            family: family.to_owned(),
            given: given.to_owned(),
            id: id.to_owned(),
            other_id: other_id.to_owned(),
            birth: birth.to_owned(),
            sex,
            street: format!("Nirgendweg {}", 10 + number),
            city: "Entenhausen-Phantasien".to_owned(),
            phone: format!("+99-555-01{number:02}{}", 711 + number),
            occupation: "beekeeper",
        }
    }

    /// The three people of the demonstration.
    pub(crate) fn demonstration() -> [Self; 3] {
        [
            Self::new(
                ["Beispielfrau", "Adelheid Fiktiva", "PID-4471902", "GKV-X110411675"],
                "19570823",
                "F",
                1,
            ),
            Self::new(["Niemandsland", "Jürgen Konstantin", "0098812-K", "INS-77120034"], "19390105", "M", 2),
            Self::new(["Testerly", "Imogen Phantasia", "MRN55120387", "NHX-4430021187"], "19880229", "F", 3),
        ]
    }

    /// One of many people.
    pub(crate) fn numbered(number: u32) -> Self {
        const FAMILY: [&str; 8] =
            ["Musterix", "Phantomas", "Erdacht", "Scheinbar", "Luftikus", "Ohnenam", "Fabelsam", "Irgendwer"];
        const GIVEN: [&str; 8] =
            ["Quentin", "Ottilie", "Balduin", "Wendeline", "Gisbert", "Kunigunde", "Roswin", "Tusnelda"];
        let at = number as usize;
        let id = format!("PID-9{number:06}");
        let other = format!("INS-8{number:06}");
        let sex = if number.is_multiple_of(2) { "M" } else { "F" };
        let birth = format!("{}{:02}{:02}", 1935 + number % 60, 1 + number % 12, 1 + number % 28);
        let family = format!("{}{}", FAMILY[at % 8], FAMILY[at / 8 % 8].to_lowercase());
        Self::new([&family, GIVEN[at / 3 % 8], &id, &other], &birth, sex, number % 90)
    }

    /// The name as DICOM writes it.
    pub(crate) fn name(&self) -> String {
        format!("{}^{}", self.family, self.given)
    }

    /// Everything that identifies the person in a header, as it is written there.
    pub(crate) fn strings(&self) -> Vec<String> {
        let parts =
            [&self.family, &self.given, &self.id, &self.other_id, &self.birth, &self.street, &self.phone];
        parts.into_iter().cloned().collect()
    }

    /// Fills the blanks that concern the person; `year` is that of the examination.
    pub(crate) fn fill(&self, blanks: &mut Blanks, year: u32) {
        let born: u32 = self.birth.get(..4).and_then(|text| text.parse().ok()).unwrap_or(year);
        let plain = format!("{} {}", self.given, self.family);
        blanks.set("name", self.name());
        blanks.set("name_plain", &plain);
        blanks.set("id", &self.id);
        blanks.set("id_short", self.id.chars().take(16).collect::<String>());
        blanks.set("other_id", &self.other_id);
        blanks.set("other_name", format!("{}^{}^^^", self.family.to_uppercase(), self.given));
        blanks.set("birth_name", format!("Alt{}^{}", self.family.to_lowercase(), self.given));
        blanks.set("mother_name", format!("{}^Erna", self.family));
        blanks.set("birth", &self.birth);
        blanks.set("sex", self.sex);
        blanks.set("age", format!("{:03}Y", year.saturating_sub(born)));
        blanks.set("size_m", "1.71");
        blanks.set("weight_kg", "68.5");
        blanks.set("address", format!("{}, 99999 {}", self.street, self.city));
        blanks.set("city", &self.city);
        blanks.set("phone", &self.phone);
        blanks.set("occupation", self.occupation);
        blanks.set("history", format!("{plain}, fall, headache since two days"));
        blanks.set("comment", format!("{plain} asks for a call: {}", self.phone));
        blanks.set("diagnosis", format!("Commotio cerebri ({})", self.family));
        blanks.set("referrer", "Doktoris^Hypothetia^^Dr.");
        blanks.set("referrer_family", "Doktoris");
        blanks.set("referrer_phone", "+99-555-0199");
        blanks.set("reader", "Befunder^Imaginus^^Prof.");
        blanks.set("performer", "Radiologa^Virtualis");
        blanks.set("operator", "Knoepfedruecker^Rita");
        blanks.set("operator_short", "RKNOEPF");
    }
}
