"""Make the models of this folder: small models of scikit-learn, LightGBM and XGBoost as their converters write them.

Needs scikit-learn, skl2onnx, lightgbm, xgboost, onnxmltools and packaging: run it in an environment of its own. An npz holds in0, in1, ... and what the
framework itself predicts for them: `label`, and `scores` where it gives probabilities or a decision function.
"""

# pyright: reportMissingImports=false

from pathlib import Path

import lightgbm
import numpy as np
import onnx
import xgboost
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType as Floats
from skl2onnx.common.data_types import StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

HERE = Path(__file__).parent
OPSETS = {"": 17, "ai.onnx.ml": 3}
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 5)).astype(np.float32)
SCORE = X[:, 0] + X[:, 1] * X[:, 2]
TWO, FOUR = (SCORE > 0.3).astype(np.int64), np.digitize(SCORE, [-0.8, 0.0, 0.7]).astype(np.int64)
NAMES = np.array(["ash", "beech", "oak", "pine"])
NUMBERS = (X[:, 0] * 2 + np.sin(X[:, 3])).astype(np.float32)
HOLES = X.copy()
HOLES[:, 0] = rng.integers(0, 12, len(X))
HOLES[:, 1][rng.random(len(X)) < 0.3] = np.nan


def save(name, model, inputs, label, scores=None):
    onnx.save(model, HERE / f"{name}.onnx")
    given = {f"in{i}": x[:24] for i, x in enumerate(inputs)} | {"label": label[:24]}
    given |= {} if scores is None else {"scores": np.asarray(scores)[:24]}
    np.savez_compressed(HERE / f"{name}.npz", **given)  # pyright: ignore[reportArgumentType]


def sklearn(name, model, y, scores="predict_proba", x=X, **options):
    model.fit(x, y)
    converted = to_onnx(model, x[:1], options={id(model): options} if options else None, target_opset=OPSETS)
    save(name, converted, [x], model.predict(x), getattr(model, scores)(x) if scores else None)


sklearn("tree_two", DecisionTreeClassifier(max_depth=3), NAMES[TWO], zipmap=False)
sklearn("tree_targets", DecisionTreeRegressor(max_depth=3), np.stack([NUMBERS, -NUMBERS], 1), "")
sklearn("forest_zipmap", RandomForestClassifier(3, max_depth=4, random_state=0), NAMES[FOUR])
sklearn("forest_regressor", RandomForestRegressor(4, max_depth=4, random_state=0), NUMBERS, "")
sklearn("extra_trees", ExtraTreesClassifier(3, max_depth=5, random_state=0), FOUR, zipmap=False)
sklearn("boosted_two", GradientBoostingClassifier(n_estimators=5), NAMES[TWO], zipmap=False)
sklearn("boosted_raw", GradientBoostingClassifier(n_estimators=5), TWO, "decision_function", zipmap=False, raw_scores=True)
sklearn("boosted_four", GradientBoostingClassifier(n_estimators=3), NAMES[FOUR], zipmap=False)
sklearn("logistic", make_pipeline(StandardScaler(), Normalizer(), LogisticRegression()), NAMES[FOUR])
sklearn("linear_svc", LinearSVC(), FOUR, "decision_function")
sklearn("svc", SVC(probability=True, random_state=0, C=0.1), NAMES[FOUR][:200], zipmap=False)
sklearn("svc_linear_two", SVC(kernel="linear", C=0.1), TWO, "", zipmap=False)
sklearn("svr", SVR(C=0.1, epsilon=0.8), NUMBERS, "")
sklearn("imputed", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()), TWO, x=HOLES)

rows = [None, X.shape[1]]
for name, y in (("two", TWO), ("four", FOUR)):
    model = lightgbm.LGBMClassifier(n_estimators=3, num_leaves=8, verbose=-1).fit(HOLES, y, categorical_feature=[0])
    converted = convert_lightgbm(model, initial_types=[("x", FloatTensorType(rows))], zipmap=False, target_opset=15)
    save(f"lightgbm_{name}", converted, [HOLES], model.predict(HOLES), model.predict_proba(HOLES))
    model = xgboost.XGBClassifier(n_estimators=3, max_depth=3).fit(HOLES, y)
    converted = convert_xgboost(model, initial_types=[("x", FloatTensorType(rows))], target_opset=15)
    save(f"xgboost_{name}", converted, [HOLES], model.predict(HOLES), model.predict_proba(HOLES))
model = xgboost.XGBRegressor(n_estimators=4, max_depth=3).fit(HOLES, NUMBERS)
save(
    "xgboost_regressor",
    convert_xgboost(model, initial_types=[("x", FloatTensorType(rows))], target_opset=15),
    [HOLES],
    model.predict(HOLES),
)

# Columns of strings and of numbers, as a table has them: the commonest pipeline there is.
place, kind = NAMES[rng.integers(0, 4, len(X))], np.array(["dry", "wet"])[TWO]
table = np.stack([place, kind], 1).astype(object)
for name, encoder in (
    ("strings", OneHotEncoder(handle_unknown="ignore")),
    ("ordinals", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)),
):
    mixed = np.concatenate([table, X.astype(object)], axis=1)
    parts = ColumnTransformer([("text", encoder, [0, 1]), ("numbers", StandardScaler(), [2, 3, 4, 5, 6])])
    model = make_pipeline(parts, GradientBoostingClassifier(n_estimators=4)).fit(mixed, NAMES[FOUR])
    types = [(f"c{i}", StringTensorType([None, 1]) if i < 2 else Floats([None, 1])) for i in range(7)]
    converted = to_onnx(model, initial_types=types, options={id(model): {"zipmap": False}}, target_opset=OPSETS)
    columns = [*(table[:, i : i + 1].astype(str) for i in range(2)), *(X[:, i : i + 1] for i in range(5))]
    save(f"boosted_{name}", converted, columns, model.predict(mixed), model.predict_proba(mixed))
