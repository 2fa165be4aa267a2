# ~/.aws/config of robot. Its access key is in ~/.aws/credentials, under [robot], and may do nothing but what stands
# here; each profile asks for a code of the second factor.

[profile robot]
region = us-east-1

[profile robot-storage-tools]
role_arn = arn:aws:iam::777777777777:role/robot-storage
mfa_serial = arn:aws:iam::777777777777:mfa/robot
role_session_name = robot
source_profile = robot
region = us-east-1
