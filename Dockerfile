# The site as two images from one file:
#   docker build --target site     -t genresite-site .        web, inference, chores, hooks: without TensorFlow
#   docker build --target training -t genresite-training .    the training worker
ARG PYTHON_IMAGE=python:3.11.13-slim-bookworm

# --- packages: compilers, should a package need one, stay in these stages --------------------------
FROM ${PYTHON_IMAGE} AS packages
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /build
COPY constraints.txt requirements-web.txt requirements-s3.txt ./
RUN pip install -r requirements-s3.txt

FROM packages AS training-packages
COPY requirements-training.txt ./
RUN pip install -r requirements-training.txt

# --- the code, and an account without rights to run it ---------------------------------------------
FROM ${PYTHON_IMAGE} AS code
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0:8000 \
    VAR_DIR=/srv/genresite/var \
    STATIC_ROOT=/srv/genresite/static \
    MEDIA_ROOT=/srv/genresite/files/media \
    MODELS_DIR=/srv/genresite/files/models \
    FILE_UPLOAD_TEMP_DIR=/srv/genresite/files/uploads
# A volume takes over the owner of the folder that it is laid on.
RUN groupadd --gid 10001 genresite \
    && useradd --uid 10001 --gid genresite --home-dir /srv/genresite --no-create-home --shell /usr/sbin/nologin genresite \
    && install --directory --owner genresite --group genresite \
        /srv/genresite /srv/genresite/var /srv/genresite/static \
        /srv/genresite/files /srv/genresite/files/media /srv/genresite/files/models /srv/genresite/files/uploads
WORKDIR /app
COPY . .
EXPOSE 8000

# --- images -----------------------------------------------------------------------------------------
FROM code AS training
COPY --from=training-packages /opt/venv /opt/venv
USER 10001:10001
CMD ["celery", "--app", "genresite", "--quiet", "worker", "--queues", "training", "--pool", "solo", "--hostname", "training@%h", "--loglevel", "WARNING"]

# The last stage is what a build without --target makes.
FROM code AS site
COPY --from=packages /opt/venv /opt/venv
USER 10001:10001
# A key for this one step: the real one comes with the environment and never stands in the image.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --no-input --verbosity 0
CMD ["gunicorn", "genresite.wsgi", "--config", "genresite/gunicorn.py"]
