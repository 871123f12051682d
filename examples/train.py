"""Train a classifier on leased tumour measurements and take out the model,
not the data.

`features` is the leased table: thirty measurements and the column `benign`.
Optional params: {"folds": 5, "seed": 7}.  Leaves model.json (coefficients that
anybody can apply with a pencil) and report.json in /out.
"""
import json

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TARGET = "benign"
folds = int(params.get("folds", 5))   # noqa: F821  params and features are bound before the first line
seed = int(params.get("seed", 7))     # noqa: F821

columns = [c for c in features.columns if c != TARGET]     # noqa: F821
X = features[columns].values          # noqa: F821
y = features[TARGET].values           # noqa: F821

pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
split = StratifiedKFold(folds, shuffle=True, random_state=seed)
chance = cross_val_predict(pipeline, X, y, cv=split, method="predict_proba")[:, 1]
said = (chance >= 0.5).astype(int)

accuracy = float((said == y).mean())
auc = float(roc_auc_score(y, chance))
(true_malignant, false_benign), (false_malignant, true_benign) = confusion_matrix(y, said).tolist()
print("%d rows, %d measurements, %d-fold cross-validation" % (len(y), len(columns), folds))
print("accuracy  %.3f" % accuracy)
print("ROC AUC   %.3f" % auc)
print("malignant found %d, missed %d; benign found %d, alarmed %d"
      % (true_malignant, false_benign, true_benign, false_malignant))

pipeline.fit(X, y)
scaler, regression = pipeline.steps[0][1], pipeline.steps[1][1]
weights = regression.coef_[0] / scaler.scale_              # in the units of the table
intercept = float(regression.intercept_[0] - np.dot(weights, scaler.mean_))
strongest = sorted(zip(columns, regression.coef_[0]), key=lambda cw: -abs(cw[1]))[:5]
print("strongest: " + ", ".join("%s %+.2f" % cw for cw in strongest))

with open("/out/model.json", "w") as f:
    json.dump({"kind": "logistic regression", "predicts": TARGET, "intercept": intercept,
               "weights": dict(zip(columns, map(float, weights)))}, f, indent=1)
with open("/out/report.json", "w") as f:
    json.dump({"rows": len(y), "folds": folds, "seed": seed, "accuracy": accuracy, "roc_auc": auc,
               "confusion": {"malignant found": true_malignant, "malignant missed": false_benign,
                             "benign found": true_benign, "benign alarmed": false_malignant}}, f, indent=1)
