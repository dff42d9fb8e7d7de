/// Events of the size and shape that Stripe sends of invoices: some 3,600 bytes.
enum MadeUpInvoice {
    static func event(_ id: String, created: Int64 = 1_772_323_200) -> String {
        """
        {
          "id": "\(id)",
          "object": "event",
          "api_version": "2024-06-20",
          "created": \(created),
          "data": {
            "object": {
              "id": "in_\(id)",
              "object": "invoice",
              "customer": "cus_\(id)",
              "status": "open",
              "currency": "usd",
              "amount_due": 5000,
              "amount_paid": 0,
              "amount_remaining": 5000,
              "created": 1700000000,
              "metadata": {},
              "lines": {
                "object": "list",
                "data": [
                  \((0..<4).map { line(id, $0) }.joined(separator: ",\n          "))
                ],
                "has_more": false
              }
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "request": {
            "id": null,
            "idempotency_key": null
          },
          "type": "invoice.updated"
        }
        """
    }

    private static func line(_ id: String, _ number: Int) -> String {
        """
        {
                    "id": "il_\(id)_\(number)",
                    "object": "line_item",
                    "amount": 1250,
                    "currency": "usd",
                    "description": "1 × a plan of some name (at $12.50 / month), part \(number)",
                    "discountable": true,
                    "livemode": false,
                    "metadata": {},
                    "period": {
                      "end": 1702592000,
                      "start": 1700000000
                    },
                    "price": {
                      "id": "price_\(number)",
                      "object": "price",
                      "active": true,
                      "billing_scheme": "per_unit",
                      "currency": "usd",
                      "product": "prod_\(number)"
                    },
                    "proration": false,
                    "quantity": 1
                  }
        """
    }
}
