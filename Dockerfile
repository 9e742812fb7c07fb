# gilmatrix with uv and four interpreters to measure: `scripts/wheel.sh`, then `docker build -t gilmatrix .`
# docs/containers.md says what limits of a container do to the figures.
FROM python:3.13-slim-bookworm
COPY dist/gilmatrix-*manylinux2014*.whl /tmp/
RUN pip install --no-cache-dir uv==0.9.5 /tmp/gilmatrix-*.whl \
    && rm /tmp/gilmatrix-*.whl \
    && uv python install 3.13 3.13t 3.14 3.14t
WORKDIR /work
ENTRYPOINT ["gilmatrix"]
