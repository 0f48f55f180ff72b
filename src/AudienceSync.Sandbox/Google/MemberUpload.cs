using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Google;

/// <summary>
/// Reads <c>audienceMembers</c>, contract google 6.2, into one job part per destination. Any error refuses the whole request.
/// </summary>
internal sealed class MemberUpload(ProtoMessage request, IReadOnlyList<Destination> destinations, bool adding, Findings findings)
{
    public const int MaxMembers = 10_000;

    private const string InvalidFormat = "PROCESSING_ERROR_REASON_INVALID_FORMAT";

    private static readonly string[] NotSupported = ["compositeData", "pairData", "ppidData", "googleUserIdData", "partnerProvidedIdData"];

    private readonly List<JobPart> parts = [.. destinations.Select(destination => new JobPart(destination.AsSent, destination.List))];
    private readonly HashSet<DataKind> kinds = [];

    public IReadOnlyList<JobPart> Parts => parts;

    /// <summary>Members received.</summary>
    public int Members { get; private set; }

    public int EmptyHashes { get; private set; }

    public void Read()
    {
        var members = request.Items("audienceMembers");
        Members = members.Count;
        if (Members is 0 or > MaxMembers)
        {
            findings.Add(
                "audience_members",
                Members == 0 ? "REQUIRED_FIELD_MISSING" : "TOO_MANY_AUDIENCE_MEMBERS",
                $"A request takes 1 to {MaxMembers} audience members."
            );
            return;
        }

        var encoding = request.Enum("encoding", "ENCODING_UNSPECIFIED", "HEX", "BASE64");
        var identifiers = new Identifiers(encoding, findings);
        var consent = adding ? Consent.Read(request) : null;
        foreach (var (item, path) in members)
        {
            var member = ProtoMessage.Read(
                item,
                path,
                findings,
                ["destinationReferences", "consent", "userData", "mobileData", "userIdData", .. NotSupported]
            );
            if (ReadData(member, identifiers) is { } kind)
            {
                kinds.Add(kind);
                Put(member, kind, identifiers.Found, Consent.Read(member) ?? consent);
            }
        }

        CheckRequest(encoding);
    }

    private void CheckRequest(string? encoding)
    {
        if (kinds.Count > 1)
        {
            findings.Add("audience_members", "MULTIPLE_DATA_TYPES_NOT_ALLOWED", "One kind of data a request.");
        }

        if (kinds.Contains(DataKind.ContactId) && encoding is null)
        {
            findings.Missing("encoding");
        }

        var terms = adding ? request.Message("termsOfService", "customerMatchTermsOfServiceStatus") : null;
        var accepted =
            terms?.Enum("customerMatchTermsOfServiceStatus", "TERMS_OF_SERVICE_STATUS_UNSPECIFIED", "ACCEPTED", "REJECTED") == "ACCEPTED";
        if (adding && !accepted && kinds.Overlaps([DataKind.ContactId, DataKind.MobileId]))
        {
            findings.Add("terms_of_service", "TERMS_AND_CONDITIONS_NOT_SIGNED", "The terms must be accepted for this data.");
        }
    }

    private DataKind? ReadData(ProtoMessage member, Identifiers identifiers)
    {
        if (Array.Find(NotSupported, member.Has) is { } other)
        {
            findings.Add(member.At(other), "NOT_ALLOWLISTED", "The sandbox does not simulate this kind of data.");
            return null;
        }

        switch ((member.Has("userData"), member.Has("mobileData"), member.Has("userIdData")))
        {
            case (true, false, false):
                identifiers.ReadUserData(member.Message("userData", "userIdentifiers")!);
                return DataKind.ContactId;
            case (false, true, false):
                identifiers.ReadMobileData(member.Message("mobileData", "mobileIds")!);
                return DataKind.MobileId;
            case (false, false, true):
                identifiers.ReadUserId(member.Message("userIdData", "userId")!);
                return DataKind.UserId;
            default:
                findings.Add(member.Path, "INVALID_AUDIENCE_MEMBER", "A member has exactly one kind of data.");
                return null;
        }
    }

    private void Put(
        ProtoMessage member,
        DataKind kind,
        List<(byte Column, Digest Digest)> found,
        (string? AdUserData, string? AdPersonalization)? consent
    )
    {
        var references = member.Texts("destinationReferences");
        if (references.FirstOrDefault(reference => !destinations.Any(destination => destination.Reference == reference)) is not null)
        {
            findings.Add(member.At("destinationReferences"), "INVALID_DESTINATION", "No destination has this reference.");
        }

        var empty = found.RemoveAll(identifier => identifier.Digest == Digest.OfEmptyString);
        EmptyHashes += empty;
        foreach (var (index, destination) in destinations.Index())
        {
            if (references.Count > 0 && !references.Contains(destination.Reference))
            {
                continue;
            }

            if (destination.List.Form.Kind != kind)
            {
                findings.Add(member.Path, "INVALID_USER_LIST_TYPE", "The user list takes another kind of data.");
            }

            var refusal = adding ? Consent.Refusal(consent, destination.List.Account.Limits.ConsentRequired) : null;
            Put(parts[index], found, refusal, empty);
        }
    }

    private static void Put(JobPart part, List<(byte Column, Digest Digest)> found, string? refusal, int empty)
    {
        var record = part.Records++;
        part.Identifiers += found.Count + empty;
        if ((refusal ?? (empty > 0 ? InvalidFormat : null)) is { } reason)
        {
            part.Refuse(record, reason);
        }

        foreach (var (column, digest) in refusal is null ? found : [])
        {
            part.Rows.Add(digest, record, column);
        }
    }
}
