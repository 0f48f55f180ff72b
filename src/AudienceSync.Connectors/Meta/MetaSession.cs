using System.Text;

namespace AudienceSync.Connectors.Meta;

/// <summary>The position of a batch in a replacement (contracts/meta.md 7 and 8): the first starts it, the last ends it.</summary>
internal readonly record struct MetaSession(long Id, int Batch, int Batches, long EstimatedMembers)
{
    /// <summary>The end of a body, from the last row on.</summary>
    public byte[] Tail() =>
        Encoding.ASCII.GetBytes(
            $$$"""]},"session":{"session_id":{{{Id}}},"batch_seq":{{{Batch}}},"""
                + $$$"""
                "last_batch_flag":{{{(Batch == Batches ? "true" : "false")}}},"estimated_num_total":{{{EstimatedMembers}}}}}
                """
        );
}
