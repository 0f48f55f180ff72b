using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Calls;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>A call to Customer.io's Track API.</summary>
internal sealed class CustomerIoCall(HttpContext context, CallLog calls, DateTimeOffset at)
    : PlatformCall(context, calls, at, CustomerIoPlatform.PlatformName)
{
    protected override string HtmlErrorPage => "<html><head><title>502 Bad Gateway</title></head><body></body></html>";

    /// <summary>A success as it was recorded from the real service: two braces and a line feed.</summary>
    public Task RespondAsync() => TextAsync(StatusCodes.Status200OK, "{}\n", "application/json");

    public Task RespondAsync(object body) =>
        JsonAsync(StatusCodes.Status200OK, null, json => JsonSerializer.Serialize(json, body, SandboxJson.Options));

    /// <summary>The refusal of credentials; the contract does not specify its body.</summary>
    public Task RefuseCredentialsAsync() =>
        JsonAsync(StatusCodes.Status401Unauthorized, "unauthorized", json => WriteV1(json, "unauthorized"));

    /// <summary>The refusal of a whole call of version 1.</summary>
    public Task RefuseV1Async(string message) => JsonAsync(StatusCodes.Status400BadRequest, "invalid", json => WriteV1(json, message));

    /// <summary>The refusal of a whole call of version 2.</summary>
    public Task RefuseAsync(ItemError error) =>
        JsonAsync(StatusCodes.Status400BadRequest, error.Reason, json => WriteErrors(json, [(null, error)]));

    /// <summary>207: items that are not named were accepted.</summary>
    public Task RefuseItemsAsync(IReadOnlyList<(int? Index, ItemError Error)> errors) =>
        JsonAsync(StatusCodes.Status207MultiStatus, null, json => WriteErrors(json, errors));

    public Task FailAsync() => TextAsync(StatusCodes.Status500InternalServerError, "Internal Server Error");

    private static void WriteV1(Utf8JsonWriter json, string message) =>
        JsonSerializer.Serialize(json, new { meta = new { errors = new[] { message } } });

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<(int? Index, ItemError Error)> errors)
    {
        json.WriteStartObject();
        json.WriteStartArray("errors");
        foreach (var (index, error) in errors)
        {
            json.WriteStartObject();
            if (index is { } position)
            {
                json.WriteNumber("batch_index", position);
            }

            json.WriteString("reason", error.Reason);
            json.WriteString("field", error.Field);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
