#!/bin/sh
# Trackfinity, "Lock Customer" and "Unlock Customer".
# lock_customer.sh [BASE_URL [lock|unlock [name=value]]]
set -eu
base=${1:-http://127.0.0.1:7263}
curl -sS -X PATCH "$base/api/customer/${2:-lock}" -H "api-key: ${API_KEY:-44b5498dbcb481a0d00b404c0169af62}" \
    -H "api-username: ${API_USERNAME:-tf_admin}" --data-urlencode "${3:-customer_id=191}"
echo
