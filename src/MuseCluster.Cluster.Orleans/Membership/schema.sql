-- The tables and queries that Orleans' ADO.NET clustering asks for by these names, parameters and columns.
CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);

-- One row a cluster: every change of its membership counts up, so that of two changes at once one fails and is made again.
CREATE TABLE IF NOT EXISTS ClusterVersion (DeploymentId text PRIMARY KEY, Version integer NOT NULL DEFAULT 0);

CREATE TABLE IF NOT EXISTS ClusterSilo (
    DeploymentId text NOT NULL REFERENCES ClusterVersion,
    Address text NOT NULL,
    Port integer NOT NULL,
    Generation integer NOT NULL,
    SiloName text NOT NULL,
    HostName text NOT NULL,
    Status integer NOT NULL,
    ProxyPort integer NOT NULL,
    SuspectTimes text,
    StartTime timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $$
WITH made AS (INSERT INTO ClusterVersion (DeploymentId) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*)::integer FROM made
$$),
('InsertMembershipKey', $$
WITH counted AS (
    UPDATE ClusterVersion v SET Version = v.Version + 1
    WHERE v.DeploymentId = @DeploymentId AND v.Version = @Version AND NOT EXISTS (
        SELECT FROM ClusterSilo s WHERE s.DeploymentId = @DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation)
    RETURNING v.DeploymentId
), made AS (
    INSERT INTO ClusterSilo (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime::timestamptz, @IAmAliveTime::timestamptz FROM counted
    RETURNING 1
)
SELECT count(*)::integer FROM made
$$),
('UpdateMembershipKey', $$
WITH counted AS (
    UPDATE ClusterVersion v SET Version = v.Version + 1
    WHERE v.DeploymentId = @DeploymentId AND v.Version = @Version AND EXISTS (
        SELECT FROM ClusterSilo s WHERE s.DeploymentId = @DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation)
    RETURNING v.DeploymentId
), changed AS (
    UPDATE ClusterSilo s SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime::timestamptz
    FROM counted
    WHERE s.DeploymentId = counted.DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation
    RETURNING 1
)
SELECT count(*)::integer FROM changed
$$),
('UpdateIAmAlivetimeKey', $$
UPDATE ClusterSilo SET IAmAliveTime = @IAmAliveTime::timestamptz
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
$$),
('MembershipReadRowKey', $$
SELECT v.Version, s.Address, s.Port, s.Generation, s.SiloName, s.HostName, s.Status, s.ProxyPort, s.SuspectTimes, s.StartTime, s.IAmAliveTime
FROM ClusterVersion v
LEFT JOIN ClusterSilo s ON s.DeploymentId = v.DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation
WHERE v.DeploymentId = @DeploymentId
$$),
('MembershipReadAllKey', $$
SELECT v.Version, s.Address, s.Port, s.Generation, s.SiloName, s.HostName, s.Status, s.ProxyPort, s.SuspectTimes, s.StartTime, s.IAmAliveTime
FROM ClusterVersion v
LEFT JOIN ClusterSilo s USING (DeploymentId)
WHERE v.DeploymentId = @DeploymentId
$$),
('GatewaysQueryKey', $$
SELECT Address, ProxyPort, Generation FROM ClusterSilo WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
$$),
('DeleteMembershipTableEntriesKey', $$
WITH silos AS (DELETE FROM ClusterSilo WHERE DeploymentId = @DeploymentId)
DELETE FROM ClusterVersion WHERE DeploymentId = @DeploymentId
$$),
('CleanupDefunctSiloEntriesKey', $$
DELETE FROM ClusterSilo WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime::timestamptz AND Status <> 3
$$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
