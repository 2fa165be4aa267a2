# Runs the transform's own open source release over a template, for the peer
# test: JSON in, JSON out. Regions and policies are fixed; nothing is called.
import json, os, sys

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

managed = {name: "arn:aws:iam::aws:policy/" + path + name for name, path in {
    "AWSLambdaBasicExecutionRole": "service-role/", "AWSLambdaVPCAccessExecutionRole": "service-role/",
    "AWSLambdaRole": "service-role/", "AWSXrayWriteOnlyAccess": "", "AmazonS3ReadOnlyAccess": "",
    "AWSCodeDeployRoleForLambda": "service-role/",
}.items()}
try:
    out = Translator(managed, Parser(), boto_session=boto3.session.Session(region_name="us-east-1")).translate(json.load(sys.stdin), {})
except Exception as e:
    out = {"Refused": [c.message for c in getattr(e, "causes", [])] or [str(e)]}
json.dump(out, sys.stdout)
