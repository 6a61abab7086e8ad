extension AtlasStatus {
    /// What a person does about a status with which Atlas refuses a request, by its error pages; nil of any other status. Where
    /// there is advice, the request was not carried out.
    package static func advice(_ code: Int) -> String? {
        switch code {
        case 100, 901: "the request lacks a field, or has one that is wrong"
        case 703, 801: "check the order number, or the PNR and the carrier"
        case 809: "wait until the order is ticketed"
        case 811: "name every segment of the itinerary"
        case 814, 816, 817, 818: "a refund of this order exists: ask for its status, do not submit it again"
        case 822: "it is too late for a void: ask for a refund, by another --reason"
        case 823: "a void is of all passengers of the order: name them all, or ask for a refund, by another --reason"
        default: nil
        }
    }
}
