using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The body of a call (contracts/meta.md 6.1). Always the array schema, even for one key: an audience filled in one form refuses the other
/// permanently (6.4). A member by whom Meta could not match a person (no address, and not all of name and place) is dropped and reported
/// (9.2).
/// </summary>
internal static class MetaPayload
{
    private static readonly MemberLayout Layout = new("data", "schema", MetaColumns.LimitedNames);

    private static readonly byte[] PlainTail = "]}}"u8.ToArray();

    /// <param name="members">The members.</param>
    /// <param name="normalizers">The rules to hash by.</param>
    /// <param name="limited">Limited data use, for additions.</param>
    /// <param name="session">Which batch of a replacement this is; null for an ordinary call (7).</param>
    public static MemberBody Write(
        IReadOnlyList<Member> members,
        Normalizers normalizers,
        LimitedDataUse? limited = null,
        MetaSession? session = null
    )
    {
        var columns = MetaColumns.Of(members, limited);
        return MemberBody.Write(
            members,
            new MemberFrame(columns.Head, session?.Tail() ?? PlainTail, columns.RowBytes, Layout),
            version => normalizers.Find(NormalizerFamily.Meta, version),
            columns.WriteRow
        );
    }
}
