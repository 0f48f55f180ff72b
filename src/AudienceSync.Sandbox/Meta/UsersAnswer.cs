using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The answer to rows, contract 6.2.</summary>
internal static class UsersAnswer
{
    /// <summary>Beyond 2^53 like the real ids, so that a client that reads them as a double is found out.</summary>
    private const long FirstOwnSessionId = 67_972_159_610_000_000;

    /// <param name="id">The field that names what the call was about; the contract knows two names of it (8).</param>
    /// <param name="received">num_received: of the session so far, or of this call when there is no session.</param>
    /// <param name="emptyAsArray">Which of the two shapes no samples have.</param>
    public static void Write(
        Utf8JsonWriter json, MetaPlatform platform, (string Name, string Value) id, UsersUpload upload, long received, Func<bool> emptyAsArray)
    {
        json.WriteStartObject();
        json.WriteString(id.Name, id.Value);
        json.WriteString("session_id", (upload.Session?.SessionId ?? FirstOwnSessionId + platform.NextNumber()).ToString(CultureInfo.InvariantCulture));
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
