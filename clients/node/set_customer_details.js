// Trackfinity, "Set Customer Details": the node.js sample, with the `request` module it names.
// node set_customer_details.js [BASE_URL [name=value ...]]

const request = require('request');

const [base = 'http://127.0.0.1:7263', ...pairs] = process.argv.slice(2);
let data = {
    'customer_id': 191,
    'firstname': 'Test',
    'zip': '66666',
    'email': 'test@testmail.com',
    'country': 'US'
};
if (pairs.length > 0) {
    data = Object.fromEntries(pairs.map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
    }));
}

const options = {
    url: base.replace(/\/$/, '') + '/api/customer/set_customer_details',
    method: 'PATCH',
    form: data,
    json: true,
    headers: {
        'api-key': process.env.API_KEY || '44b5498dbcb481a0d00b404c0169af62',
        'api-username': process.env.API_USERNAME || 'tf_admin'
    }
};

function callback(error, response, body) {
    if (!error && response.statusCode == 200) {
        console.log(body);
    } else {
        console.log(error || body);
    }
}
request(options, callback);
