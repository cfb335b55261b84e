"""The pages' addresses."""

from django.urls import path

from predictor.views import batches, changes, exports, films, jobs, models, predictions, review, review_lists, trials

app_name = "predictor"
urlpatterns = [
    path("predict/", predictions.predict_or_create, name="predict"),
    path("trial/", trials.trial, name="trial"),
    path("history/", predictions.history, name="history"),
    path("predictions/<int:pk>/", predictions.detail, name="detail"),
    path("predictions/<int:pk>/poster/", predictions.poster, name="poster"),
    path("predictions/<int:pk>/explanation/poster/", predictions.explanation_poster, name="explanation_poster"),
    path("predictions/<int:pk>/feedback/", predictions.feedback, name="feedback"),
    path("predictions/<int:pk>/film/", films.save_film, name="save_film"),
    path("feedback/<int:pk>/settle/", predictions.settle, name="settle"),
    path("review/", review.review, name="review"),
    path("review/<int:pk>/", review.review_item, name="review_item"),
    path("review/done/", review.review_done, name="review_done"),
    path("review/done/<int:pk>/undo/", review.review_undo, name="review_undo"),
    path("review/habits/", review.review_habits, name="review_habits"),
    path("review/proposals/", review_lists.review_proposals, name="review_proposals"),
    path("review/proposals/<int:pk>/", review_lists.review_proposal, name="review_proposal"),
    path("review/conflicts/", review_lists.review_conflicts, name="review_conflicts"),
    path("review/conflicts/<int:pk>/", review_lists.review_conflict, name="review_conflict"),
    path("models/", models.models, name="models"),
    path("models/train/", models.train, name="train"),
    path("models/<int:pk>/promote/", models.promote, name="promote"),
    path("models/rollback/", models.rollback, name="rollback"),
    path("models/changes/", changes.changes, name="changes"),
    path("models/compare/", changes.compare, name="compare"),
    path("models/rerun/", changes.request_rerun, name="request_rerun"),
    path("about/", models.about, name="about"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/catalogue/", jobs.request_catalogue_job, name="request_catalogue_job"),
    path("jobs/<int:pk>/cancel/", jobs.cancel_job, name="cancel_job"),
    path("jobs/<int:pk>/retry/", jobs.retry_job, name="retry_job"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/result.<str:form>", batches.result, name="batch_result"),
    path("batches/<int:pk>/cancel/", batches.cancel, name="cancel_batch"),
    path("batches/<int:pk>/retry/", batches.retry, name="retry_batch"),
    path("batches/<int:pk>/delete/", batches.delete, name="delete_batch"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("exports/<int:pk>/delete/", exports.delete, name="delete_export"),
]
