/// Records that must be refused, one of each usual mistake; the sample profile spreads them over its files.
enum SampleRejects {
    /// Rows of orders.csv.
    static let orders: [StaticString] = [
        // bad-currency
        "HDNCB20250701900000001,K4ZTRW,U2,202507-9000001,,1,deposit,EURO,120.00,0.00,120.00,20.00,0.00,20.00,100.00,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-01,20250712,20250815",
        // bad-amount
        "QWMZP20250702900000002,T7HVNE,FR,202507-9000002,,1,deposit,EUR,\"1,200.00\",0.00,1200.00,20.00,0.00,20.00,1180.00,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-02,20250713,20250816",
        // amount-precision
        "RTKLA20250703900000003,B2WQXD,5J,202507-9000003,,1,vcc,USD,99.995,0.00,99.995,0.00,0.00,0.00,99.995,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-03,20250714,20250817",
        // negative-amount
        "YUBNS20250704900000004,M9PLKJ,W6,202507-9000004,,1,deposit,EUR,80.00,0.00,80.00,10.00,0.00,10.00,70.00,-2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-04,20250715,20250818",
        // bad-date
        "GHJKD20250630900000005,V3CXZA,AK,202506-9000005,,4,deposit,USD,64.20,0.00,64.20,0.00,0.00,0.00,64.20,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-06-31,20250711,20250814",
        // bad-enum
        "PLOIK20250705900000006,S8DFGH,D7,202507-9000006,,1,cash,USD,64.20,0.00,64.20,0.00,0.00,0.00,64.20,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-05,20250716,20250819",
        // missing-key
        ",J5RTYU,,202507-9000007,,1,deposit,USD,64.20,0.00,64.20,0.00,0.00,0.00,64.20,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-06,20250717,20250820",
        // missing-expected-penalty
        "ZXCVB20250707900000008,N6MKJH,VJ,202507-9000008,,1,deposit,USD,64.20,0.00,64.20,,,,,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-07,20250718,20250821",
        // bad-csv: a field too few
        "ASDFG20250708900000009,Q2WERT,TR,202507-9000009,,1,deposit,USD,64.20,0.00,64.20,0.00,0.00,0.00,64.20,2.00,AccurateQuote,true,CashBackToOriginalPayment,2025-07-08,20250719",
    ]

    /// Lines of orders.jsonl.
    static let orderLines: [StaticString] = [
        // bad-json: cut off
        #"{"orderNo":"MNBVC20250709900000010","airlinePNR":"L4KJHG","carrier":"F9","refundCode":"202507-90000"#,
        // duplicate-key
        #"{"orderNo":"LKJHG20250710900000011","refundCode":"202507-9000011","currency":"USD","currency":"EUR","originalTotalFareAmount":75,"airlinePenaltyAmount":0,"transactionFee":2,"requestedAt":"2025-07-10"}"#,
        // api-status
        #"{"operation":"refund","capturedAt":"2025-07-11T09:14:00Z","request":{"orderNo":"POIUY20250711900000012","refundOfferId":"q_5b1f0e7e55d04a6c8f1d2c3b4a596877"},"response":{"orderNo":null,"status":2,"msg":"System error"}}"#,
        // missing-field
        #"{"orderNo":"TREWQ20250712900000013","refundCode":"202507-9000013","currency":"USD","originalTotalFareAmount":75,"airlinePenaltyAmount":0,"requestedAt":"2025-07-12"}"#,
        // bad-boolean
        #"{"orderNo":"BVCXZ20250713900000014","refundCode":"202507-9000014","currency":"USD","originalTotalFareAmount":75,"airlinePenaltyAmount":0,"transactionFee":2,"isRefundable":"maybe","requestedAt":"2025-07-13"}"#,
    ]

    /// Lines of webhooks.jsonl.
    static let webhooks: [StaticString] = [
        // bad-status
        #"{"cid":"ARCAGY01","type":"order.refundComplete","data":{"orderNo":"WSXED20250714900000015","refundStatus":"7","currency":"USD","originalTotalFare":75,"originalTotalAncillaryAmount":0,"originalTotalAmount":75,"airlinePenaltyAmountForFare":0,"airlinePenaltyAmountForAncillaries":0,"airlinePenaltyAmount":0,"finalRefundAmount":73,"transactionFee":2}}"#,
        // missing-field: orderNo
        #"{"cid":"ARCAGY01","refundStatus":2,"currency":"USD","originalTotalFare":75,"originalTotalAncillaryAmount":0,"originalTotalAmount":75,"airlinePenaltyAmount":0,"finalRefundAmount":73,"transactionFee":2}"#,
        // amount-precision
        #"{"cid":"ARCAGY01","type":"order.refundComplete","data":{"orderNo":"RFVTG20250715900000016","refundStatus":"2","currency":"JPY","originalTotalFare":7500,"originalTotalAncillaryAmount":0,"originalTotalAmount":7500,"airlinePenaltyAmount":0,"finalRefundAmount":7199.5,"transactionFee":300}}"#,
        // bad-date: a receivedAt without offset
        #"{"receivedAt":"2025-08-20 10:15:00","body":{"cid":"ARCAGY01","type":"order.refundComplete","data":{"orderNo":"YHNUJ20250716900000017","refundStatus":"2","currency":"USD","originalTotalAmount":75,"airlinePenaltyAmount":0,"finalRefundAmount":73,"transactionFee":2}}}"#,
        // bad-json: cut off
        #"{"cid":"ARCAGY01","type":"order.refundComplete","data":{"orderNo":"IKOLP20250717900000018","refundSta"#,
    ]
}
