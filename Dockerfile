# A laboratory's image: docker build -t deep-learning . and then
# docker run -p 127.0.0.1:8888:8888 -v "$PWD/work:/work" deep-learning
FROM python:3.11-slim
ENV PYTHONUTF8=1 PIP_NO_CACHE_DIR=1 XDG_CACHE_HOME=/opt/cache
WORKDIR /course
COPY autograde/requirements autograde/requirements
COPY start.py pyproject.toml README.md ./
COPY autograde autograde
COPY chapters chapters
RUN python start.py --setup-only --env /opt/venv && chmod -R a+rX /opt /course \
    && useradd --create-home student && mkdir /work && chown student /work
USER student
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/course HF_HUB_OFFLINE=1
EXPOSE 8888
CMD ["python", "-m", "autograde", "lab", "--work", "/work", "--no-browser", "--ip", "0.0.0.0"]
