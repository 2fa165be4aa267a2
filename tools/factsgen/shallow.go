package main

// shallow lists the namespaces whose types keep their own properties and
// attributes but not the definitions of the objects inside: they are the
// bulk of the database, and no delivery pipeline builds or runs on them.
var shallow = []string{
	"AmplifyUIBuilder", "AppFlow", "AppMesh", "Bedrock", "BedrockAgentCore", "BedrockMantle", "Chime", "CleanRooms", "CleanRoomsML",
	"Connect", "ConnectCampaigns", "ConnectCampaignsV2", "CustomerProfiles", "DMS", "DataBrew", "DataZone", "Deadline",
	"DevOpsAgent", "EMR", "EntityResolution", "FinSpace", "Forecast", "FraudDetector", "GameLift", "GameLiftStreams", "Glue", "Greengrass",
	"GreengrassV2", "GroundStation", "HealthLake", "IVS", "IoT", "IoTAnalytics", "IoTEvents", "IoTFleetWise", "IoTSiteWise",
	"IoTTwinMaker", "IoTWireless", "Kendra", "KinesisAnalytics", "KinesisAnalyticsV2", "Lex", "Lightsail", "Location", "LookoutEquipment",
	"LookoutMetrics", "MSK", "MediaConnect", "MediaConvert", "MediaLive", "MediaPackage", "MediaPackageV2", "MediaTailor",
	"NeptuneGraph", "Omics", "PCAConnectorAD", "Panorama", "Personalize", "Pinpoint", "QBusiness", "QuickSight",
	"RTBFabric", "RoboMaker", "SES", "SageMaker", "SimSpaceWeaver", "Wisdom", "WorkspacesInstances", "B2BI",
}
