using System.Text.Json;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>
/// One request body of docs/webhook.md, parsed strictly: an unknown, repeated or mistyped field rejects the whole request.
/// </summary>
internal sealed class MemberBatch : IDisposable
{
    public const string TooMany = "too_many_members";

    private const int MaxMembers = 10_000;
    private const int MaxIdLength = 200;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly string[] Keys = [WebhookPlatform.Email, WebhookPlatform.Phone, WebhookPlatform.ExternalId];

    public string? Account { get; private set; }

    public string? Audience { get; private set; }

    /// <summary><c>add</c>, <c>remove</c> or <c>check</c>; null for any other.</summary>
    public string? Operation { get; private set; }

    /// <summary>Null for a check.</summary>
    public FaultOperation? Kind =>
        Operation switch
        {
            "add" => FaultOperation.Add,
            "remove" => FaultOperation.Remove,
            _ => null,
        };

    public RowBatch Rows { get; } = new() { Columns = Keys };

    public int Count { get; private set; }

    public int EmptyHashes { get; private set; }

    /// <summary>The error code, or null. The account is read even on an error, because the signature is checked first.</summary>
    public string? Error { get; private set; }

    public static MemberBatch Read(ReadOnlyMemory<byte> raw)
    {
        var batch = new MemberBatch();
        try
        {
            using var document = JsonDocument.Parse(raw, Strict);
            batch.Error = JsonText.IsValidUnicode(document.RootElement) ? batch.ReadAll(document.RootElement) : "not_unicode";
        }
        // The second exception type is thrown for an unpaired surrogate in a name during the check for duplicate names.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            batch.Error = "not_json";
        }

        return batch;
    }

    /// <inheritdoc cref="ApplyFault(RowBatch, int, FaultKind?)"/>
    public IReadOnlyList<int> ApplyFault(FaultKind? fault) => ApplyFault(Rows, Count, fault);

    /// <summary>Applies a scripted fault to the rows.</summary>
    /// <returns>The rows that the response reports as rejected.</returns>
    public static IReadOnlyList<int> ApplyFault(RowBatch rows, int count, FaultKind? fault)
    {
        switch (fault)
        {
            case FaultKind.InvalidRows:
                rows.DropFirstRow();
                return [0];
            case FaultKind.Partial:
                rows.KeepRowsBefore(count / 2);
                return [.. Enumerable.Range(count / 2, count - (count / 2))];
            case FaultKind.SilentDrop:
                rows.KeepRowsBefore(0);
                return [];
            default:
                return [];
        }
    }

    public void Dispose() => Rows.Dispose();

    private string? ReadAll(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "not_an_object";
        }

        (Account, Audience, Operation) = (Text(root, "account"), Text(root, "audience"), Text(root, "operation"));
        Operation = Operation is "add" or "remove" or "check" ? Operation : null;
        if (root.EnumerateObject().Any(field => field.Name is not ("version" or "account" or "audience" or "operation" or "members")))
        {
            return "unknown_field";
        }

        if (!root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number || version.GetRawText() != "1")
        {
            return "unknown_version";
        }

        return root.TryGetProperty("members", out var members) && members.ValueKind == JsonValueKind.Array
            ? ReadMembers(root, members)
            : "members_needed";
    }

    private string? ReadMembers(JsonElement root, JsonElement members)
    {
        var count = members.GetArrayLength();
        if (
            (Operation, Audience, count) is (null, _, _) or (not "check", null, _) or ("check", _, > 0) or (not "check", _, 0)
            || (Audience is null && root.TryGetProperty("audience", out _))
        )
        {
            return "operation_does_not_fit";
        }

        if (count > MaxMembers)
        {
            return TooMany;
        }

        foreach (var member in members.EnumerateArray())
        {
            if (
                member.ValueKind != JsonValueKind.Object
                || !member.EnumerateObject().Any()
                || member.EnumerateObject().Any(field => !Take(field))
            )
            {
                return "invalid_member";
            }

            Count++;
        }

        return null;
    }

    private bool Take(JsonProperty field)
    {
        var column = Array.IndexOf(Keys, field.Name);
        if (column < 0 || field.Value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        var text = System.Text.Encoding.UTF8.GetBytes(field.Value.GetString()!);
        var isPlain = field.Name == WebhookPlatform.ExternalId;
        var digest = Digest.Of(text);
        if (isPlain ? text.Length == 0 || field.Value.GetString()!.Length > MaxIdLength : !Digest.TryParse(text, out digest))
        {
            return false;
        }

        // It matches no person; it is counted so that a client that sends it is detected.
        if (digest == Digest.OfEmptyString)
        {
            EmptyHashes++;
            return true;
        }

        Rows.Add(digest, Count, (byte)column);
        return true;
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
