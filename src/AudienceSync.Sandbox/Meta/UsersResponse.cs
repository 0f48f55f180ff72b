using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The response to an upload of rows, contract 6.2.</summary>
internal static class UsersResponse
{
    /// <summary>Above 2^53 like the real ids, so that a client that reads them as a double is detected.</summary>
    private const long FirstOwnSessionId = 67_972_159_610_000_000;

    /// <param name="id">The name of the field for the object of the call; the contract has two names for it (8).</param>
    /// <param name="received">num_received: for the session so far, or for this call when there is no session.</param>
    /// <param name="emptyAsArray">Which of the two formats to use for empty samples.</param>
    public static void Write(
        Utf8JsonWriter json,
        MetaPlatform platform,
        (string Name, string Value) id,
        UsersUpload upload,
        long received,
        Func<bool> emptyAsArray
    )
    {
        json.WriteStartObject();
        json.WriteString(id.Name, id.Value);
        json.WriteString(
            "session_id",
            (upload.Session?.SessionId ?? FirstOwnSessionId + platform.NextNumber()).ToString(CultureInfo.InvariantCulture)
        );
        json.WriteNumber("num_received", received);
        json.WriteNumber("num_invalid_entries", upload.Invalid);
        json.WritePropertyName("invalid_entry_samples");
        if (upload.Samples.Count == 0 && emptyAsArray())
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }
        else
        {
            json.WriteStartObject();
            foreach (var (row, reason) in upload.Samples)
            {
                json.WriteString(row.ToString(CultureInfo.InvariantCulture), reason);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
