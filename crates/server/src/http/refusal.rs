use std::fmt;

use http::{HeaderValue, Response, StatusCode, header};

use super::Body;

/// Declares every reason once: its name in metrics, its status and the sentence that the caller reads.
macro_rules! refusals {
    ($($variant:ident $name:literal $status:ident $sentence:literal)*) => {
        /// Why the connection layer answered a request by itself and closed the connection.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Refusal {
            $(#[doc = $sentence] $variant,)*
        }

        impl Refusal {
            /// Every reason there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in metrics and logs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The status of the answer.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// What is wrong, for the caller.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

refusals! {
    RequestLine "request_line" BAD_REQUEST "The request does not begin with a method, a target and an HTTP version."
    Method "method" NOT_IMPLEMENTED "This method is not known here."
    Version "version" HTTP_VERSION_NOT_SUPPORTED "Only HTTP/1.1 and HTTP/1.0 are spoken here."
    Target "target" BAD_REQUEST "The request target is malformed or holds a character that must be percent-encoded."
    TargetTooLong "target_too_long" URI_TOO_LONG "The request target is too long."
    Field "field" BAD_REQUEST "A header line is malformed."
    FoldedField "folded_field" BAD_REQUEST "A header value is folded over two lines."
    BareLineFeed "bare_line_feed" BAD_REQUEST "A line of the head ends without a carriage return."
    HeadTooLarge "head_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE "The head of the request is too long."
    TooManyFields "too_many_fields" REQUEST_HEADER_FIELDS_TOO_LARGE "The request has too many header lines."
    HostMissing "host_missing" BAD_REQUEST "The Host header is missing."
    HostRepeated "host_repeated" BAD_REQUEST "The Host header is there twice."
    HostMalformed "host_malformed" BAD_REQUEST "The Host header is not a host name or address with an optional port."
    HostMismatch "host_mismatch" BAD_REQUEST "The request target names another host than the Host header."
    Length "length" BAD_REQUEST "The Content-Length header is not a number."
    LengthRepeated "length_repeated" BAD_REQUEST "The Content-Length header is there twice."
    LengthAndCoding "length_and_coding" BAD_REQUEST "Content-Length and Transfer-Encoding exclude each other."
    CodingRepeated "coding_repeated" BAD_REQUEST "The Transfer-Encoding header is there twice."
    CodingUnframed "coding_unframed" BAD_REQUEST "The last transfer coding of a request must be chunked."
    CodingUnknown "coding_unknown" NOT_IMPLEMENTED "Only the transfer coding chunked is known here."
    CodingTooNew "coding_too_new" BAD_REQUEST "HTTP/1.0 has no Transfer-Encoding."
    Expectation "expectation" EXPECTATION_FAILED "The only expectation that can be met is 100-continue."
    ContentEncoding "content_encoding" UNSUPPORTED_MEDIA_TYPE "A body must be sent without content coding."
    Chunk "chunk" BAD_REQUEST "The chunked body is malformed."
    Truncated "truncated" BAD_REQUEST "The request ended before it was complete."
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE "The body is too long."
    BodyMemory "body_memory" SERVICE_UNAVAILABLE "Too many long bodies are arriving at once; try again later."
    HeadTimeout "head_timeout" REQUEST_TIMEOUT "The head of the request took too long to arrive."
    BodyTimeout "body_timeout" REQUEST_TIMEOUT "The body of the request took too long to arrive."
}

impl Refusal {
    /// The answer in plain text: the sentence and nothing else.
    pub fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.sentence()));
        *response.status_mut() = self.status();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for Refusal {}
