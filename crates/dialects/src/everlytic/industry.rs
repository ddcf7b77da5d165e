//! The vendor's nineteen industries, and what the record holds for each.

/// Each name with its meanings: first its own, then those of other vocabularies that say the same. What has no name
/// here is shown as an empty text and left alone when that comes back.
pub(super) const INDUSTRIES: &[(&str, &[&str])] = &[
    ("Personal Use", &["personal_use"]),
    ("Agriculture & Environmental", &["agriculture_and_environmental"]),
    ("Automotive", &["automotive", "automotive_trade"]),
    ("Business & Consulting Services", &["business_and_consulting_services"]),
    ("E-commerce", &["e_commerce"]),
    ("Education & Training", &["education_and_training", "education"]),
    ("Financial Institutions", &["financial_institutions", "financial_services"]),
    ("Governmental Organisations", &["governmental_organisations"]),
    ("Hospitality, Travel & Tourism", &["hospitality_travel_and_tourism", "travel_hospitality"]),
    ("Industry, Trade & Manufacture", &["industry_trade_and_manufacture"]),
    ("Lifestyle, Arts & Entertainment", &["lifestyle_arts_and_entertainment", "entertainment"]),
    ("Logistic Services", &["logistic_services"]),
    ("Publishing & Media", &["publishing_and_media", "publishing_and_web_media"]),
    ("Agencies & Marketing", &["agencies_and_marketing", "agency_sales_house"]),
    ("Medical & Healthcare", &["medical_and_healthcare", "healthcare"]),
    ("Non Governmental Organisations", &["non_governmental_organisations"]),
    ("Property & Real Estate", &["property_and_real_estate", "real_estate"]),
    ("Retail & Wholesale", &["retail_and_wholesale", "retail"]),
    ("Technology & Science", &["technology_and_science", "technology"]),
];

/// The name of a meaning; `""` when it has none here.
pub(super) fn name_of(meaning: &str) -> &'static str {
    INDUSTRIES.iter().find(|(_, meanings)| meanings.contains(&meaning)).map_or("", |(name, _)| name)
}

/// What a name, spelt exactly so, means when it is written.
pub(super) fn meaning_of(name: &str) -> Option<&'static str> {
    INDUSTRIES.iter().find(|(known, _)| *known == name).and_then(|(_, meanings)| meanings.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::choice;

    #[test]
    fn names_and_meanings_are_one_to_many() {
        let mut seen = Vec::new();
        for (name, meanings) in INDUSTRIES {
            let own = meaning_of(name).unwrap();
            // The record's word for a name of ours is the name itself in other letters.
            let spelt = name.to_lowercase().replace(" & ", " and ").replace(", ", " ").replace([' ', '-'], "_");
            assert_eq!(own, spelt);
            for meaning in *meanings {
                assert!(choice::INDUSTRY.contains(meaning), "{meaning}");
                assert!(!seen.contains(meaning), "{meaning} has two names");
                assert_eq!(name_of(meaning), *name);
                seen.push(meaning);
            }
        }
        assert_eq!((INDUSTRIES.len(), seen.len()), (19, 30));
        assert_eq!((name_of("telecommunications"), name_of("")), ("", ""));
        assert_eq!(meaning_of("technology & science"), None);
    }
}
