//! The currencies of version 11, by the codes that the record holds and version 13 shows.

#[rustfmt::skip]
const CURRENCIES: &[(&str, &str)] = &[
    ("AlgerianDinar", "DZD"), ("ArgentinePeso", "ARS"), ("ArmenianDram", "AMD"), ("AustralianDollar", "AUD"),
    ("AzerbaijanianManat", "AZM"), ("BahrainiDinar", "BHD"), ("Baht", "THB"), ("Balboa", "PAB"),
    ("BelarussianRuble", "BYB"), ("BelizeDollar", "BZD"), ("Bolivar", "VEF"), ("Boliviano", "BOB"),
    ("BrazilianReal", "BRL"), ("BruneiDollar", "BND"), ("CanadianDollar", "CAD"), ("ChileanPeso", "CLP"),
    ("ColombianPeso", "COP"), ("CordobaOro", "NIO"), ("CostaRicanColon", "CRC"), ("Croatiankuna", "HRK"),
    ("CzechKoruna", "CZK"), ("DanishKrone", "DKK"), ("Denar", "MKD"), ("DominicanPeso", "DOP"), ("Dong", "VND"),
    ("EgyptianPound", "EGP"), ("Euro", "EUR"), ("Forint", "HUF"), ("Guarani", "PYG"), ("HongKongDollar", "HKD"),
    ("Hryvnia", "UAH"), ("IcelandKrona", "ISK"), ("IndianRupee", "INR"), ("IranianRial", "IRR"),
    ("IraqiDinar", "IQD"), ("JamaicanDollar", "JMD"), ("JapaneseYen", "JPY"), ("JordanianDinar", "JOD"),
    ("KenyanShilling", "KES"), ("Kroon", "EEK"), ("KuwaitiDinar", "KWD"), ("Lari", "GEL"),
    ("LatvianLats", "LVL"), ("LebanesePound", "LBP"), ("Lek", "ALL"), ("Lempira", "HNL"), ("Leu", "ROL"),
    ("Lev", "BGL"), ("LibyanDinar", "LYD"), ("LithuanianLitus", "LTL"), ("MalaysianRinggit", "MYR"),
    ("MexicanPeso", "MXN"), ("MoroccanDirham", "MAD"), ("NewIsraeliSheqel", "ILS"), ("NewTaiwanDollar", "TWD"),
    ("NewZealandDollar", "NZD"), ("NorwegianKrone", "NOK"), ("NuevoSol", "PEN"), ("PakistanRupee", "PKR"),
    ("Pataca", "MOP"), ("PesoUruguayo", "UYU"), ("PhilippinePeso", "PHP"), ("QatariRial", "QAR"),
    ("Quetzal", "GTQ"), ("RialOmani", "OMR"), ("Rufiyaa", "MVR"), ("Rupiah", "IDR"), ("RussianRuble", "RUR"),
    ("SaudiRiyal", "SAR"), ("SingaporeDollar", "SGD"), ("SlovakKoruna", "SKK"), ("Som", "KGS"),
    ("SouthAfricanRand", "ZAR"), ("SwedishKrona", "SEK"), ("SwissFranc", "CHF"), ("SyrianPound", "SYP"),
    ("Tenge", "KZT"), ("Tolar", "SIT"), ("TrinidadandTobagoDollar", "TTD"), ("Tugrik", "MNT"),
    ("TunisianDinar", "TND"), ("TurkishLira", "TRY"), ("UAEDirham", "AED"), ("UKPound", "GBP"),
    ("USDollar", "USD"), ("UzbekistanSum", "UZS"), ("Won", "KRW"), ("YemeniRial", "YER"),
    ("YuanRenminbi", "CNY"), ("YugoslavianNewDinar", "YUN"), ("ZimbabweDollar", "ZWD"), ("Zloty", "PLN"),
];

/// The code of a name.
pub(in super::super) fn code_of(name: &str) -> Option<&'static str> {
    CURRENCIES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code)
}

/// The name of a code; `""` for one that has none.
pub(in super::super) fn name_of(code: &str) -> &'static str {
    CURRENCIES.iter().find(|(_, known)| *known == code).map_or("", |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bing_ads::wire::lists;

    #[test]
    fn every_name_has_a_code_of_its_own() {
        assert!(CURRENCIES.iter().map(|(name, _)| name).eq(lists::CURRENCY_TYPES));
        for (name, code) in CURRENCIES {
            assert_eq!((code_of(name), name_of(code)), (Some(*code), *name));
            assert!(lists::CURRENCY_CODES.contains(code), "{code}");
        }
    }
}
