"""Trackfinity, "Set Customer Details": the Python sample, with the print of Python 3.

python3 set_customer_details.py [BASE_URL [name=value ...]]
"""

import os
import sys

import requests

base = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:7263"
payload = {
    "customer_id": 191,
    "firstname": "Test",
    "zip": "66666",
    "email": "test@testmail.com",
    "country": "US",
}
if len(sys.argv) > 2:
    payload = dict(pair.split("=", 1) for pair in sys.argv[2:])

headers = {
    "api-key": os.environ.get("API_KEY", "44b5498dbcb481a0d00b404c0169af62"),
    "api-username": os.environ.get("API_USERNAME", "tf_admin"),
}

res = requests.patch(base + "/api/customer/set_customer_details", data=payload, headers=headers)
print(res.json())
