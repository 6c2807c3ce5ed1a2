# SPDX-License-Identifier: Apache-2.0
"""Models of moodle-mlbackend-python in the service's bucket: used as they are, told of, converted. boto3 against moto's server."""

import json
import pathlib
import shutil

from services import BUCKET, keys
from test_s3 import names, stored, storage  # noqa: F401

from moodlemlbackend import calls, convert
from moodlemlbackend.service import transfers
from moodlemlbackend.service.identifiers import ModelName

DATA = pathlib.Path(__file__).resolve().parents[4] / "tests" / "data"
THREE = DATA / "original-models" / "three"


def put(bucket, key, folder):  # noqa: F811
    bucket.put_object(Bucket=BUCKET, Key=key, Body=transfers.pack(str(folder)))


def predictions(storage, name):  # noqa: F811
    with storage.reading(ModelName(*name.split("/"))) as directory:
        return json.loads(calls.predict(directory, str(THREE / "predict.csv"), {}).json)["predictions"]


def test_models_in_a_bucket(bucket, storage, tmp_path, capsys):  # noqa: F811
    put(bucket, "site1/abc", THREE / "classifier")
    shutil.copytree(THREE / "classifier", tmp_path / "damaged")
    shutil.copy(DATA / "pickles" / "refused-eval.pkl", tmp_path / "damaged" / "classifier.pkl")
    put(bucket, "site2/abc", tmp_path / "damaged")
    bucket.put_object(Bucket=BUCKET, Key="site1/abc.logs/1.zip", Body=b"")
    before = stored(bucket, "site1/abc")
    expected = predictions(storage, "site1/abc")
    assert [prediction[1] for prediction in expected] == ["1", "0", "2"]

    assert convert.main([]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "site1/abc: can be converted"
    assert told[1].startswith("site2/abc: cannot be converted: ") and '"builtins eval"' in told[1]
    assert told[2] == "2 models of moodle-mlbackend-python, 1 that cannot be converted; nothing was written: give --write to convert"
    assert stored(bucket, "site1/abc") == before

    assert convert.main(["--write", "site1/"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "site1/abc: converted"
    assert set(names(stored(bucket, "site1/abc"))) == {*names(before), "model.mml"}
    assert predictions(storage, "site1/abc") == expected
    assert convert.main(["--write", "site1/"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "site1/abc: has model.mml already"
    assert sorted(keys(bucket)) == ["site1/abc", "site1/abc.logs/1.zip", "site2/abc"]
    assert not pathlib.Path("moodleml-was-here").exists()
