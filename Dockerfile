FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/portal

RUN useradd --uid 1000 --create-home portal && install -d -m 0700 -o portal -g portal /var/portal
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .

USER portal
CMD ["gunicorn", "--config=python:liaison.web", "--bind=0.0.0.0:8000", "liaison.wsgi"]
