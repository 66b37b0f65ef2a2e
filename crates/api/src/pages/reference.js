// Shows the API document that the page names. Requests that readers try out go to where they have the page from, by
// whatever name they know this server. `validatorUrl: null`: nobody else is asked whether the document is valid.
const place = document.getElementById("reference");
fetch(place.dataset.document)
  .then((answer) => answer.json())
  .then((spec) =>
    window.SwaggerUIBundle({
      domNode: place,
      spec: { ...spec, servers: [{ url: location.origin + place.dataset.root }] },
      validatorUrl: null,
      deepLinking: true,
      docExpansion: "none",
      defaultModelsExpandDepth: 0,
      filter: true,
    }),
  )
  .catch((fault) => {
    place.textContent = `The document could not be shown: ${fault}`;
  });
