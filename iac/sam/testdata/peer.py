# Runs the transform's own open source release over templates, for the peer
# test: a JSON list in, a JSON list out. Regions and policies are fixed; nothing
# is called.
import copy, json, os, sys

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

managed = {name: "arn:aws:iam::aws:policy/" + path + name for name, path in {
    "AWSLambdaBasicExecutionRole": "service-role/", "AWSLambdaVPCAccessExecutionRole": "service-role/",
    "AWSLambdaRole": "service-role/", "AWSXrayWriteOnlyAccess": "", "AmazonS3ReadOnlyAccess": "",
    "AWSCodeDeployRoleForLambda": "service-role/",
}.items()}
session = boto3.session.Session(region_name="us-east-1")
results = []
for template in json.load(sys.stdin):
    try:
        out = Translator(managed, Parser(), boto_session=session).translate(copy.deepcopy(template), {})
    except Exception as e:
        out = {"Refused": [c.message for c in getattr(e, "causes", [])] or [repr(e)]}
    results.append(out)
json.dump(results, sys.stdout)
