//! The stylesheet, the script and the icon. Their addresses hold their digests, so that browsers keep them for good.

use bytes::Bytes;
use dialects::sign_in::digest;
use domain::Error;
use http::{HeaderValue, Response, header};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    address: String,
}

static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let asset = |(name, kind, text): (&'static str, &'static str, &'static str)| {
        let digest: String = digest(text).chars().take(16).collect();
        Asset { name, kind, text, address: format!("{digest}-{name}") }
    };
    [
        ("console.css", "text/css; charset=utf-8", include_str!("static/console.css")),
        ("console.js", "text/javascript; charset=utf-8", include_str!("static/console.js")),
        ("icon.svg", "image/svg+xml", include_str!("static/icon.svg")),
    ]
    .map(asset)
    .into()
});

/// The last part of a file's address.
pub(super) fn address(name: &str) -> &'static str {
    ALL.iter().find(|asset| asset.name == name).map_or("", |asset| &asset.address)
}

/// # Errors
/// `NotFound` for what is no file of this version.
pub(super) fn answer(address: &str) -> Result<Response<Bytes>, Error> {
    let asset = ALL.iter().find(|asset| asset.address == address);
    let asset = asset.ok_or_else(|| Error::not_found("There is no such file in this version"))?;
    let mut response = Response::new(Bytes::from_static(asset.text.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_where_its_digest_says() {
        let response = answer(address("console.css")).unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(answer("console.css").is_err() && answer("").is_err());
    }
}
