//! The vendor's twenty-one industries, and what the record holds for each.

/// Each name with its meanings: first its own, then those of other vocabularies that say the same. `NA` is unset; what
/// has no name here is shown as `Other`, and left alone when that comes back.
const INDUSTRIES: &[(&str, &[&str])] = &[
    ("NA", &[""]),
    ("AgencySalesHouse", &["agency_sales_house", "agencies_and_marketing"]),
    ("Automotive", &["automotive_trade", "automotive"]),
    ("ConsumerPackagedGoods", &["consumer_packaged_goods"]),
    ("Education", &["education", "education_and_training"]),
    ("Entertainment", &["entertainment", "lifestyle_arts_and_entertainment"]),
    ("FinancialServices", &["financial_services", "financial_institutions"]),
    ("FoodServices", &["food_services"]),
    ("Gaming", &["gaming"]),
    ("GovernmentNonprofitPolitical", &["government_nonprofit_political"]),
    ("Healthcare", &["healthcare", "medical_and_healthcare"]),
    ("Internal", &["internal"]),
    ("PublishingAndWebMedia", &["publishing_and_web_media", "publishing_and_media"]),
    ("RealEstate", &["real_estate", "property_and_real_estate"]),
    ("Retail", &["retail", "retail_and_wholesale"]),
    ("Services", &["services"]),
    ("Technology", &["technology", "technology_and_science"]),
    ("Telecommunications", &["telecommunications"]),
    ("TravelHospitality", &["travel_hospitality", "hospitality_travel_and_tourism"]),
    ("Other", &["other"]),
    ("Pharmaceuticals", &["pharmaceuticals"]),
];

/// The name of a meaning.
pub(super) fn name_of(meaning: &str) -> &'static str {
    INDUSTRIES.iter().find(|(_, meanings)| meanings.contains(&meaning)).map_or("Other", |(name, _)| name)
}

/// What a name means when it is written; `""` unsets.
pub(super) fn meaning_of(name: &str) -> Option<&'static str> {
    INDUSTRIES.iter().find(|(known, _)| *known == name).and_then(|(_, meanings)| meanings.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bing_ads::wire::lists;
    use domain::choice;

    #[test]
    fn names_are_those_of_the_schema_and_meanings_those_of_the_record() {
        assert!(INDUSTRIES.iter().map(|(name, _)| name).eq(lists::INDUSTRIES));
        let mut seen = Vec::new();
        for (name, meanings) in INDUSTRIES {
            assert_eq!(name_of(meaning_of(name).unwrap()), *name);
            for meaning in *meanings {
                assert!(meaning.is_empty() || choice::INDUSTRY.contains(meaning), "{meaning}");
                assert!(!seen.contains(meaning), "{meaning} has two names");
                assert_eq!(name_of(meaning), *name);
                seen.push(meaning);
            }
        }
        assert_eq!((name_of("e_commerce"), meaning_of("technology")), ("Other", None));
    }
}
