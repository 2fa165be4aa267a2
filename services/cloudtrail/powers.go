package cloudtrail

import "penstock/service"

const apiPage = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/"

// powers: who can keep a trail from recording.
var powers = []service.Power{
	{
		ID: "cloudtrail.stop", Kind: service.Blind,
		Why:   "stops, redirects or removes the trail",
		Basis: service.Documented, Source: apiPage + "API_StopLogging.html; " + apiPage + "API_UpdateTrail.html; " + apiPage + "API_DeleteTrail.html",
		Find: service.Change(trailType, "trail", "", "stops or changes the trail", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"),
	},
	{
		ID: "cloudtrail.selectors", Kind: service.Blind,
		Why:   "leaves events out of the trail",
		Basis: service.Documented, Source: apiPage + "API_PutEventSelectors.html; " + apiPage + "API_PutInsightSelectors.html",
		Find: service.Change(trailType, "selectors of trail", "", "leaves events out", "cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors"),
	},
	{
		ID: "cloudtrail.store", Kind: service.Blind,
		Why:   "stops or deletes an event data store",
		Basis: service.Documented, Source: apiPage + "API_StopEventDataStoreIngestion.html; " + apiPage + "API_DeleteEventDataStore.html; " + apiPage + "API_UpdateEventDataStore.html",
		Find: service.Change("AWS::CloudTrail::EventDataStore", "event data store", "", "stops or changes the store",
			"cloudtrail:StopEventDataStoreIngestion", "cloudtrail:DeleteEventDataStore", "cloudtrail:UpdateEventDataStore", "cloudtrail:PutEventSelectors"),
	},
}
