FROM python:3.11-slim AS portal

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/portal HOME=/tmp

RUN useradd --uid 1000 portal && install -d -m 0700 -o portal -g portal /var/portal
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
# Once here, since no process may write what it compiles.
RUN python -m compileall -q .

USER portal
CMD ["gunicorn", "--config=python:liaison.web", "--bind=0.0.0.0:8000", "liaison.wsgi"]

# Caddy as an ordinary user; a new volume takes the owner of the image's directory.
FROM caddy:2 AS proxy

COPY Caddyfile /etc/caddy/Caddyfile
RUN chown -R 1000:1000 /data /config
USER 1000:1000
